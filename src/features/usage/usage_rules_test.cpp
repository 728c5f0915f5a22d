#include "features/usage/usage_rules.h"

#include <gtest/gtest.h>

#include <array>

namespace picsharz::usage {
namespace {

TEST(UsageRulesTest, WeeksBeginWithTheirMonday) {
  const Micros monday = 1'795'392'000 * second;  // 2026-11-23T00:00:00Z
  EXPECT_EQ(format_time(monday), "2026-11-23T00:00:00.000Z");
  EXPECT_EQ(monday_of(monday), monday);
  EXPECT_EQ(monday_of(monday + 7 * day - 1), monday);
  EXPECT_EQ(monday_of(monday - 1), monday - 7 * day);
  EXPECT_EQ(day_of(monday + 3 * day + 5 * hour), monday + 3 * day);
  EXPECT_EQ(hour_of(monday + 5 * hour + 59 * minute), monday + 5 * hour);
}

TEST(UsageRulesTest, WordsAreFoldedAndNobodysAddressIsKept) {
  EXPECT_EQ(kept_words("  Café  CRÈME "), "cafe creme");
  EXPECT_EQ(kept_words("mei@example.org"), "");
  EXPECT_EQ(kept_words("call 012 3456789"), "");
  EXPECT_EQ(kept_words("summer 2026"), "summer 2026");
  EXPECT_EQ(kept_words(""), "");
}

TEST(UsageRulesTest, LongWordsAreCutBetweenCharacters) {
  std::string typed;
  for (int i = 0; i < 40; ++i) typed += "\xd0\xb6";  // a letter of two bytes
  const std::string kept = kept_words(typed + "x");
  EXPECT_LE(kept.size(), words_max);
  EXPECT_EQ(kept.size() % 2, 0U);
}

TEST(UsageRulesTest, WordsTellOfSomebodyByAnyOfTheirNames) {
  const auto tells = [](std::string_view typed, std::vector<std::string> names) {
    return tell_of(kept_words(typed), names);
  };
  EXPECT_TRUE(tells("photos of meilindra", {"mei_q", "Meilindra Quux"}));
  EXPECT_TRUE(tells("quux", {"mei_q", "Meilindra QUUX"}));
  EXPECT_TRUE(tells("mei", {"mei", ""}));
  EXPECT_TRUE(tells("before", {"now", "", "before"}));
  EXPECT_FALSE(tells("meiosis", {"mei", "Meilindra Quux"}));
  EXPECT_FALSE(tells("boats", {"mei", ""}));
  EXPECT_FALSE(tells("", {"mei", ""}));
}

TEST(UsageRulesTest, NamesStandAmongOtherCharactersWhereThereAreNoBlanks) {
  const std::vector<std::string> names = {"mei", "陈美琳"};
  for (const char* typed : {"陈美琳", "陈美琳的照片", "美琳", "照片 陈美琳"}) {
    EXPECT_TRUE(tell_of(kept_words(typed), names)) << typed;
  }
  for (const char* typed : {"美丽", "琳", "照片", "harbour"}) {
    EXPECT_FALSE(tell_of(kept_words(typed), names)) << typed;
  }
}

TEST(UsageRulesTest, ANameThatWasCutTellsAsWell) {
  const std::string before = "harbour at night with all the boats and lights of";
  const std::string typed = before + " Meilindramariastuart";
  ASSERT_GT(typed.size(), words_max);
  EXPECT_TRUE(tell_of(kept_words(typed), std::vector<std::string>{"Meilindramariastuart"}));
  EXPECT_FALSE(tell_of(kept_words(typed), std::vector<std::string>{"Meilin"}));
}

}  // namespace
}  // namespace picsharz::usage
