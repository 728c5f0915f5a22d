#include "mail/texts.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/languages.h"
#include "mail/letter.h"

namespace picsharz::mail {
namespace {

using Messages = std::map<std::string, std::string>;

// Read by the test itself, so that a line which the program would skip is seen.
Messages messages(const Catalogue& catalogue) {
  Messages found;
  std::string_view text = catalogue.text;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with("#")) continue;
    const std::size_t equals = line.find(" = ");
    EXPECT_NE(equals, std::string::npos) << catalogue.language << ": " << line;
    if (equals == std::string::npos) continue;
    const std::string key = line.substr(0, equals);
    EXPECT_FALSE(found.contains(key)) << catalogue.language << " has twice " << key;
    found[key] = line.substr(equals + 3);
  }
  return found;
}

// What a text asks for: names, and those that choose a form as "count, plural".
std::set<std::string> slots(const std::string& text) {
  std::set<std::string> found;
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    const std::string before = text.substr(0, at);
    const bool form = before.ends_with("one ") || before.ends_with("other ");
    if (form) continue;
    const std::size_t end = text.find_first_of(",}", at);
    std::string name = text.substr(at + 1, end - at - 1);
    if (text[end] == ',') name += text.substr(end, text.find(',', end + 1) - end);
    found.insert(name);
  }
  return found;
}

std::set<std::string> forms(const std::string& text) {
  std::set<std::string> found;
  for (const char* form : {"one", "other"}) {
    if (text.find(std::string(" ") + form + " {") != std::string::npos) found.insert(form);
  }
  return found;
}

const Catalogue& english() {
  for (const Catalogue& each : catalogues()) {
    if (each.language == "en") return each;
  }
  throw std::runtime_error("no English");
}

TEST(TextsTest, ThereAreSevenLanguages) {
  std::set<std::string_view> found;
  for (const Catalogue& each : catalogues()) found.insert(each.language);
  EXPECT_EQ(found, (std::set<std::string_view>{"en", "de", "es", "fr", "ms", "ta", "zh-Hans"}));
}

TEST(TextsTest, EveryLanguageSaysEverythingWithTheSameGaps) {
  const Messages original = messages(english());
  EXPECT_GT(original.size(), 140u);
  for (const Catalogue& each : catalogues()) {
    const Messages translated = messages(each);
    for (const auto& [key, text] : original) {
      ASSERT_TRUE(translated.contains(key)) << each.language << " lacks " << key;
      const std::string& said = translated.at(key);
      EXPECT_EQ(slots(said), slots(text)) << each.language << ": " << key;
      EXPECT_FALSE(said.empty() || said.starts_with(" ") || said.ends_with(" ")) << key;
    }
    for (const auto& [key, text] : translated) {
      EXPECT_TRUE(original.contains(key)) << each.language << " has a needless " << key;
    }
  }
}

TEST(TextsTest, EveryLanguageHasTheFormsThatItsNumbersNeed) {
  for (const Catalogue& each : catalogues()) {
    std::set<std::string> needed;
    for (const int number : {0, 1, 2, 5, 11, 21, 100}) {
      needed.insert(std::string(plural_category(each.language, number)));
    }
    for (const auto& [key, text] : messages(each)) {
      if (text.find(", plural,") == std::string::npos) continue;
      EXPECT_EQ(forms(text), needed) << each.language << ": " << key;
    }
  }
}

TEST(TextsTest, EveryTextCanBeFilledIn) {
  for (const Catalogue& each : catalogues()) {
    const Texts say(each.language);
    for (const auto& [key, text] : messages(each)) {
      for (const std::int64_t count : {0, 1, 2}) {
        std::vector<Filling> fillings;
        for (const std::string& slot : slots(text)) {
          static std::set<std::string> names;
          const std::string& name = *names.insert(slot.substr(0, slot.find(','))).first;
          name == "count" ? fillings.emplace_back(name, count)
                          : fillings.emplace_back(name, std::string_view("<filled>"));
        }
        const std::string filled = fill(text, fillings, each.language);
        EXPECT_EQ(filled.find_first_of("{}#"), std::string::npos) << filled;
      }
    }
  }
}

TEST(TextsTest, NumbersChooseTheForm) {
  EXPECT_EQ(Texts("en")("decision.kept", {{"count", 1}}),
            "The file is kept for one day, then it is erased.");
  EXPECT_EQ(Texts("en")("decision.kept", {{"count", 14}}),
            "The file is kept for 14 days, then it is erased.");
  EXPECT_EQ(Texts("fr")("people.more", {{"name", "Zoé"}, {"count", 1}}), "Zoé et 1 autre personne");
  EXPECT_EQ(Texts("de")("people.more", {{"name", "Zoe"}, {"count", 3}}),
            "Zoe und 3 weitere Personen");
  EXPECT_EQ(Texts("zh-Hans")("people.more", {{"name", "小明"}, {"count", 1}}), "小明和另外 1 人");
  EXPECT_EQ(plural_category("fr", 0), "one");
  EXPECT_EQ(plural_category("en", 0), "other");
  EXPECT_EQ(plural_category("ms", 1), "other");
}

TEST(TextsTest, WhatIsFilledInIsNeverAPattern) {
  const std::string name = "{count} # {name}";
  EXPECT_EQ(Texts("en")("people.more", {{"name", name}, {"count", 2}}), name + " and 2 others");
}

TEST(TextsTest, DatesAreWrittenAsTheReaderDoes) {
  constexpr Micros time = (1'795'867'200 + 5 * 60) * second;  // 2026-11-28 12:05 UTC
  EXPECT_EQ(Texts("en").date(time), "28 November 2026, 12:05 (UTC)");
  EXPECT_EQ(Texts("de").date(time), "28. November 2026, 12:05 Uhr (UTC)");
  EXPECT_EQ(Texts("es").date(time), "28 de noviembre de 2026, 12:05 (UTC)");
  EXPECT_EQ(Texts("zh-Hans").date(time), "2026年11月28日 12:05（UTC）");
}

TEST(TextsTest, TheBestOfOurLanguagesIsChosen) {
  EXPECT_EQ(language_for(""), "en");
  EXPECT_EQ(language_for("de-CH,de;q=0.9,en;q=0.8"), "de");
  EXPECT_EQ(language_for("pt-BR,fr;q=0.5,en;q=0.4"), "fr");
  EXPECT_EQ(language_for("zh-CN,zh;q=0.9"), "zh-Hans");
  EXPECT_EQ(language_for("ZH-hans-SG"), "zh-Hans");
  EXPECT_EQ(language_for("zh-TW,zh-Hant;q=0.9,ms;q=0.2"), "ms");
  EXPECT_EQ(language_for("en;q=0.1, ta;q=0.9"), "ta");
  EXPECT_EQ(language_for("de;q=0,en"), "en");
  EXPECT_EQ(language_for("*"), "en");
  EXPECT_EQ(language_for("xx-yy;q=zzz,,;;q=,"), "en");
  EXPECT_EQ(language_for("de;q=nan"), "en");
}

TEST(TextsTest, AnUnknownLanguageIsEnglish) {
  EXPECT_EQ(Texts("tlh").language(), "en");
  EXPECT_FALSE(is_language("tlh"));
  EXPECT_TRUE(is_language("zh-Hans"));
}

TEST(TextsTest, TheHtmlNamesItsLanguageAndDirection) {
  const auto html = [](const std::string& language) {
    return compose({.email = "a@example.org", .name = "", .language = language}, "s", {}, "id")
        .html;
  };
  EXPECT_NE(html("zh-Hans").find("<html lang=\"zh-Hans\" dir=\"ltr\">"), std::string::npos);
  EXPECT_NE(html("tlh").find("<html lang=\"en\" dir=\"ltr\">"), std::string::npos);
  EXPECT_TRUE(is_right_to_left("ar"));
  EXPECT_TRUE(is_right_to_left("he-IL"));
  EXPECT_FALSE(is_right_to_left("ta"));
}

}  // namespace
}  // namespace picsharz::mail
