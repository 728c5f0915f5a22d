#include "base/words.h"

#include <gtest/gtest.h>

#include "base/folding.h"

namespace picsharz {
namespace {

std::vector<std::string> forms(std::string_view text) {
  std::vector<std::string> forms;
  for (const Word& word : words_of(text)) forms.push_back(word.form);
  return forms;
}
using Forms = std::vector<std::string>;

TEST(Words, CaseDiacriticsAndWidthDoNotCount) {
  EXPECT_EQ(forms("Café in ZÜRICH"), (Forms{"cafe", "in", "zurich"}));
  EXPECT_EQ(forms("Cafe\xCC\x81"), Forms{"cafe"});  // the accent as a character of its own
  EXPECT_EQ(forms("Łódź Ørsted straße Æsir"), (Forms{"lodz", "orsted", "strasse", "aesir"}));
  EXPECT_EQ(forms("МОРЕ Ёлка"), (Forms{"море", "елка"}));
  EXPECT_EQ(forms("ΘΆΛΑΣΣΑΣ"), Forms{"θαλασσασ"});
  EXPECT_EQ(forms("ｗｉｄｅ　１２"), (Forms{"wide", "12"}));
  EXPECT_EQ(forms("ﬁre"), Forms{"fire"});
}

TEST(Words, WhateverIsNoLetterSeparates) {
  EXPECT_EQ(forms("Kuala/Lumpur, foo.bar_baz|x"),
            (Forms{"kuala", "lumpur", "foo", "bar", "baz", "x"}));
  EXPECT_EQ(forms("a\xE2\x80\x94"
                  "b\xC2\xA0"
                  "c"),
            (Forms{"a", "b", "c"}));
  EXPECT_EQ(forms("😀 👩‍👩‍👧 — … ½ “”"), Forms{});
  EXPECT_EQ(forms("\xEE\x80\x80 \xF3\xB0\x80\x81"), Forms{});  // for private use: never a word
  EXPECT_EQ(forms(std::string("a\0b\xff\xc3", 5)), (Forms{"a", "b"}));
}

TEST(Words, ThePossessiveSaysNothing) {
  EXPECT_EQ(forms("Mei's it’s s"), (Forms{"mei", "it", "s"}));
  EXPECT_EQ(forms("O’Brien"), (Forms{"o", "brien"}));
}

TEST(Words, ScriptsWithoutBlanksBecomePairs) {
  EXPECT_EQ(forms("東京タワー"), (Forms{"東京", "京タ", "タワ", "ワー", "ー"}));
  EXPECT_EQ(forms("東"), Forms{"東"});
  EXPECT_EQ(forms("東京tower"), (Forms{"東京", "京", "tower"}));
  EXPECT_EQ(forms("ทะเล"), (Forms{"ทะ", "ะเ", "เล", "ล"}));
  EXPECT_EQ(forms("바다"), (Forms{"바다", "다"}));
  const auto words = words_of("東京 夜");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_TRUE(words[0].pair && !words[0].joined);
  EXPECT_TRUE(words[1].joined);
  EXPECT_FALSE(words[2].joined);
}

TEST(Words, MarksThatAreLettersOfTheirScriptStay) { EXPECT_EQ(forms("हिन्दी"), Forms{"हिन्दी"}); }

TEST(Words, AFormIsCutBetweenCharacters) {
  EXPECT_EQ(forms(std::string(100, 'x')), Forms{std::string(64, 'x')});
  std::string long_word;
  for (int i = 0; i < 40; ++i) long_word += "ж";
  EXPECT_EQ(forms("a" + long_word)[0].size(), 63U);
}

TEST(Words, InflectionsHaveOneStem) {
  const std::vector<Forms> families = {
      {"guitar", "guitars"},
      {"photograph", "photographs", "photographed", "photographing"},
      {"run", "runs", "running"},
      {"bike", "bikes", "biking", "biked"},
      {"hope", "hopes", "hoped", "hoping"},
      {"hop", "hops", "hopped", "hopping"},
      {"box", "boxes"},
      {"church", "churches"},
      {"beach", "beaches"},
      {"dish", "dishes"},
      {"glass", "glasses"},
      {"bus", "buses"},
      {"horse", "horses"},
      {"house", "houses"},
      {"berry", "berries"},
      {"butterfly", "butterflies"},
      {"movie", "movies"},
      {"cookie", "cookies"},
      {"tie", "ties"},
      {"tomato", "tomatoes"},
      {"shoe", "shoes"},
      {"tree", "trees"},
      {"dance", "dances", "danced", "dancing"},
      {"ride", "rides", "riding"},
      {"swim", "swims", "swimming"},
      {"carry", "carries", "carried", "carrying"},
      {"control", "controls", "controlled"},
      {"leaf", "leaves"},
      {"wolf", "wolves"},
      {"mouse", "mice"},
      {"woman", "women"},
      {"lens", "lenses"},
      {"plane", "planes"},
      {"plan", "plans", "planned", "planning"},
      {"dress", "dresses", "dressed"},
      {"agree", "agrees", "agreed", "agreeing"},
  };
  for (const Forms& family : families) {
    for (const std::string& form : family) EXPECT_EQ(stem(form), stem(family[0])) << form;
  }
}

TEST(Words, OtherWordsKeepTheirs) {
  const std::vector<std::pair<std::string, std::string>> apart = {
      {"car", "care"},        {"plan", "plane"}, {"star", "stare"}, {"organ", "organic"},
      {"new", "news"},        {"king", "k"},     {"spring", "spr"}, {"bed", "b"},
      {"gas", "ga"},          {"red", "r"},      {"sing", "sting"}, {"universe", "university"},
      {"photo", "photograph"}};
  for (const auto& [one, other] : apart) EXPECT_NE(stem(one), stem(other)) << one;
  for (const char* form : {"", "a", "bus", "glass", "paris", "cactus", "king", "spring", "red",
                           "feed", "speed", "2000", "море", "東京", "cafés"}) {
    EXPECT_EQ(stem(form), form);
  }
}

// So that a stem finds whatever it is the stem of.
TEST(Words, AStemIsItsOwnStem) {
  const char* letters =
      "aeinst"
      "dghorl"
      "bcmy";
  std::uint32_t dice = 7;
  for (int i = 0; i < 20'000; ++i) {
    std::string word;
    dice = dice * 1'664'525 + 1'013'904'223;
    for (std::uint32_t size = 3 + (dice >> 28), left = size; left > 0; --left) {
      dice = dice * 1'664'525 + 1'013'904'223;
      word += letters[dice >> 28];
    }
    for (const char* end : {"", "s", "ed", "ing", "ies", "ees", "e", "ll"}) {
      const std::string root = stem(word + end);
      ASSERT_EQ(stem(root), root) << word << end;
      ASSERT_FALSE(root.empty()) << word << end;
    }
  }
}

TEST(Words, AStemOfWhatNobodyWroteIsItsOwn) {
  for (const char* part : {"e", "s", "ed", "ing", "ies", "ie", "ll", "ees", "sses"}) {
    std::string word = "mous";
    while (word.size() < 60) {
      word += part;
      const std::string root = stem(word);
      ASSERT_EQ(stem(root), root) << word;
      ASSERT_FALSE(root.empty()) << word;
    }
  }
}

TEST(Words, AKeyIsWhatTwoSpellingsHaveInCommon) {
  EXPECT_EQ(stem_key("Acoustic Guitars"), "acoustic guitar");
  EXPECT_EQ(stem_key("golden-hour"), stem_key("Golden hours"));
  EXPECT_EQ(stem_key("東京タワー 夜景"), "東京タワー 夜景");
  EXPECT_EQ(folded_text("Golden-Hours am Zürichsee"), "golden hours am zurichsee");
  EXPECT_EQ(folded_text("東京タワー"), "東京タワー");
  EXPECT_EQ(stem_key("..."), "");
}

TEST(Folding, TheFileIsRead) {
  std::string letters;
  EXPECT_EQ(fold(U'É', letters), Fold::letters);
  EXPECT_EQ(letters, "e");
  EXPECT_EQ(fold(U'\u0301', letters), Fold::nothing);
  EXPECT_EQ(fold(U'—', letters), Fold::separator);
  EXPECT_EQ(letters, "e");
}

TEST(Folding, WhatIsFoldedIsFoldedNoFurther) {
  for (char32_t character = 0x80; character < 0x30000; ++character) {
    if (character >= 0xD800 && character < 0xE000) continue;
    std::string once;
    if (fold(character, once) != Fold::letters) continue;
    std::string twice;
    for (std::string_view rest = once; !rest.empty();) {
      ASSERT_NE(fold(take_character(rest), twice), Fold::separator)
          << static_cast<unsigned>(character);
    }
    ASSERT_EQ(once, twice) << static_cast<unsigned>(character);
  }
}

}  // namespace
}  // namespace picsharz
