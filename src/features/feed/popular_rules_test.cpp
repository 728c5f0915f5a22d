// What the popular list announces of its pictures.
#include "features/feed/popular_rules.h"

#include <gtest/gtest.h>

#include <vector>

namespace picsharz::feed {
namespace {

constexpr std::string_view sizes = "(min-width: 768px) 360px, 60vw";

std::string photo(std::string_view urls, std::string_view title = "A boat") {
  return std::string(R"({"id":"1","title":")")
      .append(title)
      .append(R"(","width":3000,"height":2000,"urls":{)")
      .append(urls)
      .append(R"(},"likes":)");
}

std::string announced(const std::string& text, std::string_view of_page = sizes) {
  const std::vector<std::string_view> list = {text};
  return announcement(list, of_page);
}

TEST(PopularRulesTest, AnAvifIsAnnouncedWithItsTypeAndItsSizes) {
  const std::string text =
      photo(R"("320":"/m/320","640":"/m/640","640.avif":"/m/640.avif","1280":"/m/1280",)"
            R"("1280.avif":"/m/1280.avif","2048":"/m/2048")");
  EXPECT_EQ(announced(text),
            "</m/640.avif>; rel=preload; as=image; type=\"image/avif\"; "
            "imagesrcset=\"/m/640.avif 640w, /m/1280.avif 1280w\"; "
            "imagesizes=\"(min-width: 768px) 360px, 60vw\"");
  EXPECT_EQ(announced(text, ""), "</m/640.avif>; rel=preload; as=image; type=\"image/avif\"");
}

TEST(PopularRulesTest, WithoutAnAvifItIsWhatEveryBrowserShows) {
  EXPECT_EQ(announced(photo(R"("320":"/m/320","640":"/m/640","1280":"/m/1280")")),
            "</m/640>; rel=preload; as=image; "
            "imagesrcset=\"/m/320 320w, /m/640 640w, /m/1280 1280w\"; "
            "imagesizes=\"(min-width: 768px) 360px, 60vw\"");
  EXPECT_EQ(announced(photo(R"("320":"/m/320")"), ""), "</m/320>; rel=preload; as=image");
  EXPECT_EQ(announced(photo("")), "");
}

TEST(PopularRulesTest, WhatPeopleWriteIsNoAddress) {
  EXPECT_EQ(announced(photo(R"("320":"/m/320")", R"(\"640.avif\":\"https://elsewhere)"), ""),
            "</m/320>; rel=preload; as=image");
}

TEST(PopularRulesTest, OnlyTheFirstOnesAndNoMoreThanAProxyTakes) {
  const std::string address =
      "/media/9223372036854775807/1280?e=1764400000&s=0123456789012345678901";
  std::string urls;
  for (const char* size : {"320", "640", "1280", "2048"}) {
    if (!urls.empty()) urls += ",";
    urls.append("\"").append(size).append("\":\"").append(address).append("\"");
  }
  const std::string text = photo(urls);
  const std::vector<std::string_view> list(24, text);
  const std::string links =
      announcement(list, "(min-width: 1440px) 460px, (min-width: 768px) 360px, 60vw");
  std::size_t count = 0;
  for (auto at = links.find("rel="); at != std::string::npos; at = links.find("rel=", at + 1)) {
    ++count;
  }
  EXPECT_EQ(count, popular_announced);
  EXPECT_LT(links.size(), 3'000U);
}

}  // namespace
}  // namespace picsharz::feed
