#include "features/pages/drawn_pages.h"

#include <gtest/gtest.h>

#include <string>

namespace picsharz::pages {
namespace {

Drawn drawn(std::string text) {
  return {200, false, std::make_shared<const std::string>(std::move(text))};
}

TEST(DrawnPages, AreFoundByTheWholeOfTheirKey) {
  DrawnPages pages;
  pages.keep("a", drawn("A"));
  pages.keep("b", drawn("B"));
  ASSERT_TRUE(pages.find("a"));
  EXPECT_EQ(*pages.find("a")->text, "A");
  EXPECT_EQ(*pages.find("b")->text, "B");
  EXPECT_FALSE(pages.find("ab") || pages.find(""));
}

TEST(DrawnPages, WhatIsNotUsedMakesRoom) {
  DrawnPages pages;
  for (std::size_t i = 0; i < DrawnPages::most_kept; ++i) {
    pages.keep(std::to_string(i), drawn("x"));
  }
  ASSERT_TRUE(pages.find("0"));  // used just now
  pages.keep("one more", drawn("x"));
  EXPECT_TRUE(pages.find("0") && pages.find("one more"));
  EXPECT_FALSE(pages.find("1"));
}

TEST(DrawnPages, AVeryLargeOneIsNotKept) {
  DrawnPages pages;
  pages.keep("a", drawn(std::string(DrawnPages::most_bytes, 'x')));
  EXPECT_FALSE(pages.find("a"));
}

}  // namespace
}  // namespace picsharz::pages
