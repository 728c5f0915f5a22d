#include "features/analytics/tag_words_rules.h"

#include <gtest/gtest.h>

namespace picsharz::analytics {
namespace {

using Texts = std::vector<std::string>;

Texts surfaces(std::string_view text, Tongue tongue = Tongue::english) {
  Texts found;
  for (const TagWord& word : tag_words(text, tongue)) found.push_back(word.surface);
  return found;
}

TEST(TagWordsTest, StopWordsOfSevenLanguagesSayNothing) {
  EXPECT_EQ(surfaces("The light of the harbour and the sea"), (Texts{"light", "harbour", "sea"}));
  EXPECT_EQ(surfaces("Das ist ein Haus für dich", Tongue::german), Texts{"Haus"});
  EXPECT_EQ(surfaces("c'est la plage de mon été", Tongue::french), Texts{"plage"});
  EXPECT_EQ(surfaces("la playa y el mar", Tongue::spanish), (Texts{"playa", "mar"}));
  EXPECT_EQ(surfaces("pasar malam dan makanan yang sedap", Tongue::malay),
            (Texts{"pasar", "malam", "makanan", "sedap"}));
  EXPECT_EQ(surfaces("இது ஒரு கோயில்", Tongue::tamil), Texts{"கோயில்"});
  EXPECT_EQ(surfaces("我们的猫", Tongue::chinese), Texts{});  // one character beside a particle
  EXPECT_EQ(surfaces("猫", Tongue::chinese), Texts{"猫"});
}

TEST(TagWordsTest, WhatEveryPhotoIsAndFilesAreCalledSaysNothing) {
  EXPECT_EQ(surfaces("Photo IMG_20240102 DSC00012.jpg 2024 of a boat"), Texts{"boat"});
  EXPECT_EQ(surfaces("Canon 5d"), (Texts{"Canon", "5d"}));
}

TEST(TagWordsTest, AWordOfAnotherLanguageStaysWhereItShowsSomething) {
  EXPECT_FALSE(is_stop_word("car", Tongue::english));
  EXPECT_TRUE(is_stop_word("car", Tongue::french));
  EXPECT_FALSE(is_stop_word("hat", Tongue::english));
  EXPECT_TRUE(is_stop_word("hat", Tongue::german));
  EXPECT_TRUE(is_stop_word("und", Tongue::english));
}

TEST(TagWordsTest, WordsOfOnePhraseFollowEachOther) {
  const auto words = tag_words("golden hour, harbour of Penang", Tongue::english);
  ASSERT_EQ(words.size(), 4U);
  EXPECT_FALSE(words[0].follows);
  EXPECT_TRUE(words[1].follows);
  EXPECT_FALSE(words[2].follows);  // a comma
  EXPECT_FALSE(words[3].follows);  // a stop word
}

TEST(TagWordsTest, HyphensAndRepetitionsAreNoEnd) {
  const auto words = tag_words("bunga-bunga raya", Tongue::malay);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_TRUE(words[1].follows);
}

TEST(TagWordsTest, ChineseIsTakenInPairs) {
  const auto words = tag_words("吉隆坡", Tongue::chinese);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].stem, "吉隆");
  EXPECT_EQ(words[1].stem, "隆坡");
  EXPECT_TRUE(words[1].follows && words[1].overlaps);
}

TEST(TagWordsTest, EndingsGoByTheLanguage) {
  const auto same = [](std::string_view a, std::string_view b, Tongue tongue) {
    EXPECT_EQ(light_stem(a, tongue), light_stem(b, tongue)) << a << " " << b;
  };
  same("beaches", "beach", Tongue::english);
  same("berge", "berg", Tongue::german);
  same("kirchen", "kirche", Tongue::german);
  same("plages", "plage", Tongue::french);
  same("chevaux", "cheval", Tongue::french);
  same("chateaux", "chateau", Tongue::french);
  same("flores", "flor", Tongue::spanish);
  same("playas", "playa", Tongue::spanish);
  same("luces", "luz", Tongue::spanish);
  same("pantainya", "pantai", Tongue::malay);
  EXPECT_NE(light_stem("meer", Tongue::german), light_stem("me", Tongue::german));
}

TEST(TagWordsTest, TheLanguageIsTheOneWhoseSmallWordsStandThere) {
  EXPECT_EQ(tongue_of({"Die Brücke am Fluss", "und das ist nicht alles"}), Tongue::german);
  EXPECT_EQ(tongue_of({"le port de la ville", "dans les rues avec nous"}), Tongue::french);
  EXPECT_EQ(tongue_of({"la calle de mi ciudad", "para todos los que no están"}), Tongue::spanish);
  EXPECT_EQ(tongue_of({"pasar malam di kampung saya", "yang ada untuk kita"}), Tongue::malay);
  EXPECT_EQ(tongue_of({"The bridge", "and this is not all of it"}), Tongue::english);
  EXPECT_EQ(tongue_of({"Brücke"}), Tongue::english);
  EXPECT_EQ(tongue_of({}), Tongue::english);
}

}  // namespace
}  // namespace picsharz::analytics
