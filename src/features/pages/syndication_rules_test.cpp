#include "features/pages/syndication_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace picsharz::pages {
namespace {

const Site site{.name = "Picsharz", .description = "", .url = "https://photos.example.org"};

constexpr std::string_view photo =
    R"({"id":"7","owner":{"handle":"mei","name":"Mei & co"},"title":"","description":"a < b",)"
    R"("alt":"\"x\"","width":3000,"height":2000,"created_at":"2026-11-28T07:59:48Z",)"
    R"("urls":{"320":"/m/320?s=1","640":"/m/640?s=1","1280":"/m/1280?s=1"}})";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(Syndication, AtomSaysTwiceEscapedWhatItQuotes) {
  const std::string list = "{\"items\":[" + std::string(photo) + "],\"next\":null}";
  const std::string feed = atom(site, "#a & b", "/tags/a", list);
  EXPECT_TRUE(has(feed, "<title>#a &amp; b</title>"));
  EXPECT_TRUE(has(feed, "<title>Mei &amp; co</title>"));
  EXPECT_TRUE(has(feed, "&lt;p&gt;a &amp;lt; b&lt;/p&gt;"));
  EXPECT_TRUE(has(feed, "alt=&quot;&amp;quot;x&amp;quot;&quot;"));
  EXPECT_TRUE(has(feed, "https://photos.example.org/media/p/7/640"));
  EXPECT_FALSE(has(feed, "s=1")) << "an address that ends within a day";
  EXPECT_TRUE(has(feed, "<updated>2026-11-28T07:59:48Z</updated>"));
  EXPECT_TRUE(has(atom(site, "x", "/x", R"({"items":[],"next":null})"), "<updated>1970"));
}

TEST(Syndication, WhatXmlHasNoPlaceForIsLeftOut) {
  const std::string feed = atom(site,
                                "a\xEF\xBF\xBE"
                                "b\xEF\xBF\xBF",
                                "/x", "");
  EXPECT_TRUE(has(feed, "<title>ab</title>"));
}

TEST(Syndication, AnEmbedFitsIntoItsBox) {
  const auto width = [](Box most) {
    const auto said = oembed(site, photo, most);
    const auto at = said ? said->find("\"width\":") : std::string::npos;
    return at == std::string::npos ? 0 : std::stoi(said->substr(at + 8));
  };
  EXPECT_EQ(width({}), 1280);
  EXPECT_EQ(width({.width = 1280}), 1280);
  EXPECT_EQ(width({.width = 1279}), 640);
  EXPECT_EQ(width({.height = 426}), 320);
  EXPECT_EQ(width({.width = 319}), 0);
  EXPECT_EQ(oembed(site, R"({"id":"7"})", {}), std::nullopt);
}

TEST(Syndication, AnAddressOfAPhotoHere) {
  EXPECT_EQ(photo_of(site, "https://photos.example.org/photo/7"), "7");
  EXPECT_EQ(photo_of(site, "https://photos.example.org/photo/7/view"), "7");
  for (const std::string_view other :
       {"", "https://photos.example.org/photo/", "https://photos.example.org/photo/7x",
        "https://photos.example.org.evil/photo/7", "http://photos.example.org/photo/7",
        "https://photos.example.org/photo/../v1/me", "/photo/7"}) {
    EXPECT_EQ(photo_of(site, other), "") << other;
  }
}

TEST(Syndication, RobotsAndSitemaps) {
  EXPECT_TRUE(has(robots(site), "Sitemap: https://photos.example.org/sitemap.xml\n"));
  EXPECT_EQ(robots({.name = "", .description = "", .url = "x", .visitors = false}),
            "User-agent: *\nDisallow: /\n");
  EXPECT_TRUE(has(sitemap(site, {"/@a&b"}), "<url><loc>https://photos.example.org/@a&amp;b</loc>"));
  EXPECT_TRUE(has(sitemap_index(site, {"/sitemap/people"}), "<sitemapindex xmlns="));
}

}  // namespace
}  // namespace picsharz::pages
