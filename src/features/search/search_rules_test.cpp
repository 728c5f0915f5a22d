#include "features/search/search_rules.h"

#include <gtest/gtest.h>

namespace picsharz::search {
namespace {

TEST(SearchRules, ARegularPluralIsItsSingular) {
  const std::pair<const char*, const char*> expected[] = {
      {"guitars", "guitar"},
      {"musical instruments", "musical instrument"},
      {"GUITARS", "GUITAR"},
      {"boxes", "box"},
      {"glasses", "glass"},
      {"buses", "bus"},
      {"churches, beaches", "church, beach"},
      {"butterflies", "butterfl"},  // of butterfly, too
      {"tomatoes", "tomato"},
      {"shoes", "shoe"},
      {"movies", "movie"},
      {"#cats #dogs", "#cat #dog"},
      {"caf\xc3\xa9s", "caf\xc3\xa9"},
  };
  for (const auto& [typed, word] : expected) EXPECT_EQ(without_plurals(typed), word);
}

TEST(SearchRules, OtherWordsStayAsTheyAre) {
  for (const char* typed : {"", " ", "guitar", "gas", "bus", "grass", "paris", "cactus", "boatss",
                            "s", "'s", "mice", "2000"}) {
    EXPECT_EQ(without_plurals(typed), typed);
  }
}

// So nothing is lost that was found before.
TEST(SearchRules, WhatIsLeftIsABeginningOfWhatWasTyped) {
  for (const std::string_view typed :
       {"christmas", "texas", "series", "james", "news", "horses", "wolves", "stories"}) {
    EXPECT_TRUE(typed.starts_with(without_plurals(typed))) << typed;
    EXPECT_GE(without_plurals(typed).size(), 3U) << typed;
  }
}

}  // namespace
}  // namespace picsharz::search
