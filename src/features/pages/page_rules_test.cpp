#include "features/pages/page_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace picsharz::pages {
namespace {

std::string photo_text(std::string_view title, std::string_view urls, int width = 3000,
                       int height = 2000) {
  std::string text = R"({"id":"7","owner":{"handle":"mei","name":"Mei"},"title":")";
  text.append(title).append(R"(","description":"","alt":"","width":)");
  text.append(std::to_string(width)).append(",\"height\":").append(std::to_string(height));
  return text.append(",\"urls\":{").append(urls).append("}}");
}

constexpr std::string_view urls =
    R"("320":"/m/320?a=1&b=2","640":"/m/640","640.avif":"/m/640.avif")";

class PageRules : public ::testing::Test {
 protected:
  PageRules() {
    shell.kinds["home"].sizes = "680px";
    Kind& photo = shell.kinds["photo"];
    photo.sizes = "100vw";
    photo.avif_media = "(a)";
    photo.other_media = "(b)";
  }
  std::string list(int photos) const {
    std::string text = "{\"items\":[";
    for (int i = 0; i < photos; ++i) {
      if (i > 0) text += ',';
      text += photo_text("Photo " + std::to_string(i), urls);
    }
    return text + "],\"next\":\"a[]b\"}";
  }

  Site site{.name = "Picsharz", .description = "Photos of ours.", .url = "https://example.org"};
  Shell shell;
  Making visitor{site, shell, true};
  Making member{site, shell, false};
};

// The cases of web/src/lib/renditions.test.ts.
TEST_F(PageRules, SrcsetIsThatOfTheApplication) {
  const auto set = [](int width, int height, std::string_view of, bool avif = false) {
    return srcset(*JsonTree::parse(photo_text("", of, width, height)), avif);
  };
  EXPECT_EQ(set(3000, 2000, R"("320":"/media/1/320?s=a","1280":"/media/1/1280?s=b")"),
            "/media/1/320?s=a 320w, /media/1/1280?s=b 1280w");
  EXPECT_EQ(set(3000, 2000, ""), "");
  EXPECT_EQ(set(2000, 1000, R"("2048":"/media/1/2048?s=c")"), "/media/1/2048?s=c 2000w");
  EXPECT_EQ(set(6000, 1500, R"("640":"/a")"), "/a 853w");
  EXPECT_EQ(set(1000, 4000, R"("320":"/a")"), "/a 160w");
  EXPECT_EQ(set(20000, 1000, R"("320":"/a")"), "/a 1280w");
  EXPECT_EQ(set(3000, 2000, urls, true), "/m/640.avif 640w");
  EXPECT_EQ(set(3000, 2000, R"("640":"/a")", true), "");
}

TEST_F(PageRules, ItemsOfAList) {
  EXPECT_EQ(items_of(list(5), 2).size(), 2u);
  EXPECT_EQ(items_of(list(5), 9).size(), 5u);
  EXPECT_EQ(items_of(list(5), 9)[4]["title"].text(), "Photo 4");
  EXPECT_TRUE(items_of(list(5), 0).empty());
  EXPECT_TRUE(items_of(list(0), 9).empty());
  EXPECT_TRUE(items_of("", 9).empty());
}

TEST_F(PageRules, AMemberIsGivenWhatComesFirstAndNoMore) {
  const Page page = list_page(member, "home", "", "/", list(5));
  EXPECT_EQ(page.head.title, "Picsharz");
  ASSERT_EQ(page.preloads.size(), 2u);
  EXPECT_TRUE(page.preloads[0].avif);
  EXPECT_EQ(page.preloads[0].sizes, "680px");
  EXPECT_TRUE(page.photos.empty());
  EXPECT_FALSE(page.head.card || page.head.index);
}

TEST_F(PageRules, AVisitorIsGivenAllInPlainWords) {
  const Page page = list_page(visitor, "recent", "#sea", "/tags/sea", list(5));
  EXPECT_EQ(page.head.title, "#sea · Picsharz");
  ASSERT_EQ(page.photos.size(), 5u);
  EXPECT_EQ(page.photos[0].image.url, "/m/640");
  EXPECT_EQ(page.photos[0].image.height, 427);
  EXPECT_EQ(page.photos[0].image.alt, "Photo 0");
  // Nobody said how large they are: none is fetched twice.
  EXPECT_TRUE(page.preloads.empty());
  EXPECT_TRUE(page.head.card && page.head.index);
  site.visitors = false;
  const Page shut = list_page(visitor, "recent", "", "/", list(5));
  EXPECT_FALSE(shut.head.card || shut.head.index);
}

TEST_F(PageRules, APhotoWithAvifIsFetchedOnceOnEachScreen) {
  const Page page = photo_page(visitor, photo_text("Boat", urls));
  EXPECT_EQ(page.head.title, "Boat · Mei · Picsharz");
  EXPECT_EQ(page.head.description, "Boat");
  EXPECT_EQ(page.head.image->url, "/media/p/7/640");
  ASSERT_EQ(page.preloads.size(), 2u);
  EXPECT_EQ(page.preloads[0].media, "(a)");
  EXPECT_EQ(page.preloads[1].media, "(b)");
  EXPECT_EQ(page.preloads[1].srcset, "/m/320?a=1&b=2 320w, /m/640 640w");
  const Page without = photo_page(visitor, photo_text("", R"("320":"/a")"));
  ASSERT_EQ(without.preloads.size(), 1u);
  EXPECT_EQ(without.preloads[0].media, "");
  EXPECT_EQ(without.head.title, "Mei · Picsharz");
  EXPECT_TRUE(photo_page(visitor, photo_text("", "")).preloads.empty());
}

TEST_F(PageRules, AVisitorSeesAPhotoBeforeTheApplicationIsThere) {
  const std::string text = photo_text("Boat", urls);
  const Page page = photo_page(visitor, text);
  ASSERT_TRUE(page.ahead);
  EXPECT_EQ(page.ahead->image.url, "/m/640");
  EXPECT_EQ(page.ahead->image.width, 3000);  // as the application draws it: by the photo's ratio
  EXPECT_EQ(page.ahead->image.height, 2000);
  EXPECT_EQ(page.ahead->image.alt, "Boat");
  EXPECT_EQ(page.ahead->srcset, page.preloads[1].srcset);  // so it is fetched once
  EXPECT_EQ(page.ahead->sizes, page.preloads[1].sizes);
  EXPECT_EQ(page.ahead->avif, page.preloads[0].srcset);
  EXPECT_EQ(page.ahead->avif_media, "(a)");
  EXPECT_FALSE(photo_page(member, text).ahead);
  EXPECT_FALSE(photo_page(visitor, photo_text("", "")).ahead);
  shell.kinds["photo"].sizes = "";
  EXPECT_FALSE(photo_page(visitor, text).ahead);
}

TEST_F(PageRules, TheFirstPicturesOfAListComeBeforeTheProgram) {
  shell.kinds["home"].first = 4;
  const Page page = list_page(visitor, "home", "", "/", list(5));
  std::vector<bool> soon;
  for (const Preload& preload : page.preloads) soon.push_back(preload.soon);
  EXPECT_EQ(soon, (std::vector<bool>{true, true, false, false}));
  EXPECT_FALSE(page.ahead);
}

TEST_F(PageRules, OnAPhoneTheOtherPicturesOfAListWait) {
  Kind& home = shell.kinds["home"];
  home.first = 3;
  home.soon = 1;
  home.rest_media = "(wide)";
  const std::string plain = photo_text("Plain", R"("320":"/p/320","640":"/p/640")");
  const std::string photos = "{\"items\":[" + photo_text("", urls) + "," + photo_text("", urls) +
                             "," + plain + "],\"next\":null}";
  std::vector<std::string> media;
  for (const Preload& preload : list_page(visitor, "home", "", "/", photos).preloads) {
    media.push_back(preload.media);
  }
  EXPECT_EQ(media, (std::vector<std::string>{"", "(wide)", "(wide)"}));
}

TEST_F(PageRules, AProfileThatIsPrivateHasNoCard) {
  const std::string open = R"({"handle":"mei","name":"Mei","bio":"A\n b",)"
                           R"("avatar":"/media/avatars/k/128","private":false})";
  const Page page = profile_page(visitor, open, list(1));
  EXPECT_EQ(page.head.title, "Mei · @mei · Picsharz");
  EXPECT_EQ(page.head.description, "A b");
  EXPECT_EQ(page.head.path, "/@mei");
  EXPECT_EQ(page.head.image->url, "/media/avatars/k/128");
  EXPECT_TRUE(page.head.card);
  std::string closed = open;
  closed.replace(closed.find("false"), 5, "true");
  EXPECT_FALSE(profile_page(visitor, closed, "").head.card);
  EXPECT_FALSE(profile_page(visitor, "{}", "").head.card);
}

TEST_F(PageRules, ALongTextIsCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 150; ++i) text += "灯";
  const Page page = collection_page(
      visitor, R"({"id":"3","name":"N","owner":{"name":"Mei"},"description":")" + text + "\"}", "");
  EXPECT_LE(page.head.description.size(), 203u);
  EXPECT_TRUE(page.head.description.ends_with("灯…"));
  EXPECT_EQ(page.text, text);
  EXPECT_EQ(search_page(visitor, "  two\n\twords ").head.title, "two words · Picsharz");
}

TEST_F(PageRules, TheData) {
  const Answer answers[] = {{"/v1/me", R"({"a":1})"}, {"/v1/tags/\"</", "[]"}};
  EXPECT_EQ(data_of(answers), R"({"answers":{"/v1/me":{"a":1},"/v1/tags/\"\u003c/":[]}})");
  EXPECT_EQ(data_of({}), R"({"answers":{}})");
}

// ADR 0035: how long a member's page is when packed is told to nobody who can send them there.
TEST_F(PageRules, WhoCameByThemselves) {
  for (const std::string_view own : {"same-origin", "none"}) {
    EXPECT_TRUE(came_by_themselves(site, own)) << own;
  }
  for (const std::string_view sent : {"cross-site", "same-site", ""}) {
    EXPECT_FALSE(came_by_themselves(site, sent)) << sent;
  }
  site.url = "http://localhost:8080";  // where nothing is encrypted, and browsers say nothing
  EXPECT_TRUE(came_by_themselves(site, ""));
}

TEST_F(PageRules, TheReader) {
  shell.languages = {"en", "de", "fr"};
  const auto reads = [&](std::string_view cookie, std::string_view account,
                         std::string_view accepted) {
    return read_reader(shell, "", cookie, account, accepted).language;
  };
  EXPECT_EQ(reads("fr", "de", "en"), "fr");
  EXPECT_EQ(reads("tlh", "de", "fr"), "de");
  EXPECT_EQ(reads("", "", "fr-CA, de;q=0.5"), "fr");
  EXPECT_EQ(reads("", "ta", "x"), "en");
  EXPECT_EQ(read_reader(shell, "dark", "", "", "").theme, "dark");
  EXPECT_EQ(read_reader(shell, "Dark", "", "", "").theme, "");
}

}  // namespace
}  // namespace picsharz::pages
