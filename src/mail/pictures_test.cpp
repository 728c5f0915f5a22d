#include "mail/pictures.h"

#include <gtest/gtest.h>

#include "mail/letter.h"
#include "mail/mail_limits.h"

namespace picsharz::mail {
namespace {

constexpr PhotoId photo{11};
constexpr AccountId mei{7};

std::string numbered(std::size_t index) { return "cid:" + std::to_string(index); }

Mail letter(const std::vector<Part>& parts) {
  return compose({.email = "mei@example.org"}, "Hello", parts, "id");
}

TEST(PicturesTest, AMailIsWrittenWithAPlaceAndNoBytes) {
  const Mail mail =
      letter({{.content = "before"}, picture_of(photo, mei, mei), {.content = "after"}});
  ASSERT_EQ(mail.pictures.size(), 1u);
  EXPECT_EQ(mail.pictures[0].photo, photo);
  EXPECT_EQ(mail.pictures[0].reader, mei);
  EXPECT_EQ(mail.html.find("<img"), std::string::npos);
  EXPECT_EQ(mail.text, "before\n\nafter\n") << "the text says nothing of it";
}

TEST(PicturesTest, APlaceShowsItsPictureAtItsExtent) {
  Mail mail = letter({picture_of(photo, mei, mei), picture_of(PhotoId{12}, mei, mei, 160)});
  mail.pictures[0] = {photo, mei, "jpeg", 240, 300, "Boats & \"sails\""};
  mail.pictures[1] = {PhotoId{12}, mei, "jpeg", 320, 200, ""};
  const std::string html = with_pictures(mail.html, mail.pictures, numbered);
  EXPECT_NE(html.find("<img src=\"cid:0\" width=\"240\" height=\"300\""
                      " alt=\"Boats &amp; &quot;sails&quot;\""),
            std::string::npos)
      << html;
  EXPECT_NE(html.find("<img src=\"cid:1\" width=\"160\" height=\"100\" alt=\"\""),
            std::string::npos)
      << html;
}

TEST(PicturesTest, APictureThatIsGoneLeavesNoTrace) {
  const Mail with = letter({{.content = "a"}, picture_of(photo, mei, mei), {.content = "b"}});
  const Mail without = letter({{.content = "a"}, {.content = "b"}});
  EXPECT_EQ(with_pictures(with.html, with.pictures, numbered), without.html);
  EXPECT_EQ(without_pictures(with.html), without.html);
}

TEST(PicturesTest, OfSomebodyElsesPhotoThereIsNone) {
  const Mail mail = letter({{.content = "a"}, picture_of(photo, AccountId{8}, mei)});
  EXPECT_TRUE(mail.pictures.empty());
  EXPECT_EQ(mail.html, letter({{.content = "a"}}).html);
}

TEST(PicturesTest, WhatPeopleTypeIsNoPlace) {
  Mail mail = letter({{.content = picture_place(0, 320)}, picture_of(photo, mei, mei)});
  mail.pictures[0].jpeg = "jpeg";
  mail.pictures[0].alt = picture_place(0, 320);
  mail.pictures[0].width = mail.pictures[0].height = 320;
  const std::string html = with_pictures(mail.html, mail.pictures, numbered);
  EXPECT_EQ(html.find("<img"), html.rfind("<img")) << html;
  EXPECT_NE(html.find("&lt;!--picture 0 320--&gt;"), std::string::npos) << html;
}

TEST(PicturesTest, AMailHasAFewAtMost) {
  std::vector<Part> parts;
  for (std::int64_t i = 1; i <= 20; ++i) parts.push_back(picture_of(PhotoId{i}, mei, mei));
  Mail mail = letter(parts);
  EXPECT_EQ(mail.pictures.size(), limits::pictures_max);
  EXPECT_EQ(without_pictures(mail.html), letter({}).html);
}

TEST(PicturesTest, RowsNameThem) {
  const Mail mail = letter({picture_of(photo, mei, mei), picture_of(PhotoId{12}, mei, mei)});
  EXPECT_EQ(pictures_text(mail.pictures), "11:7 12:7");
  const auto read = parse_pictures("11:7 12:7");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].photo, PhotoId{12});
  EXPECT_EQ(read[1].reader, mei);
  EXPECT_TRUE(parse_pictures("").empty());
  for (const char* nonsense : {"11", "11:", ":7", "a:b", "11:7:9", " "}) {
    EXPECT_TRUE(parse_pictures(nonsense).empty()) << nonsense;
  }
}

}  // namespace
}  // namespace picsharz::mail
