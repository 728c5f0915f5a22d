#include "base/languages.h"

#include <gtest/gtest.h>

#include <array>

namespace picsharz {
namespace {

constexpr std::array<std::string_view, 3> ours = {"en", "de", "zh-Hans"};

TEST(Languages, TheOneThatIsLikedBest) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"de", "de"},
      {"DE-at", "de"},
      {"fr, de;q=0.5, en;q=0.4", "de"},
      {"en;q=0.1, de;q=0.2", "de"},
      {"de;q=0, en", "en"},
      {"zh", "zh-Hans"},
      {"zh-cn", "zh-Hans"},
      {"zh-TW, en;q=0.3", "en"},
      {"zh-hant-HK", ""},
      {"fr", ""},
      {"*", ""},
      {"", ""},
      {"de;q=2, en;q=x", ""},
      {" , ;q=1,de", "de"},
      {"<script>", ""},
  };
  for (const auto& [said, expected] : table)
    EXPECT_EQ(choose_language(said, ours), expected) << said;
}

TEST(Languages, WhatIsNotThereIsNotChosen) {
  constexpr std::array<std::string_view, 1> english = {"en"};
  EXPECT_EQ(choose_language("zh-CN, de", english), "");
  EXPECT_EQ(choose_language("de", {}), "");
}

TEST(Languages, DirectionOfReading) {
  EXPECT_TRUE(is_right_to_left("ar"));
  EXPECT_TRUE(is_right_to_left("ar-XB"));
  EXPECT_FALSE(is_right_to_left("arn"));
  EXPECT_FALSE(is_right_to_left("en"));
}

}  // namespace
}  // namespace picsharz
