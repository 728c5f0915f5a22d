#include "features/imports/archive_rules.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/limits.h"

namespace picsharz::imports {
namespace {

TEST(ArchiveRules, TimesAsWeWriteThem) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00.000Z"), 0);
  for (const Micros time : {1'500'000'000'123'000, 951'782'400'000'000, 1'790'000'000'999'000}) {
    EXPECT_EQ(parse_time(format_time(time)), time);
  }
  EXPECT_EQ(parse_time("2020-02-29T12:00:00Z"), 1'582'977'600 * second);
  for (const char* text :
       {"", "2020-02-30T12:00:00Z", "2020-13-01T00:00:00Z", "yesterday", "2020-01-01T24:00:00Z",
        "2020-01-01 00:00:00Z", "2020-01-01T00:00:00", "2020-01-01T00:00:00.5Z",
        "2020-01-01T00:00:00.1234567Z", "-020-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(ArchiveRules, BytesThatWereWrittenAsCharacters) {
  EXPECT_EQ(mended("plain"), "plain");
  EXPECT_EQ(mended("Fr\u00c3\u00bch"), "Früh");
  EXPECT_EQ(mended("\u00f0\u009f\u009a\u00a2"), "🚢");
  EXPECT_EQ(mended("Früh"), "Früh");      // it is right already
  EXPECT_EQ(mended("漢字"), "漢字");      // beyond what Instagram could have meant
  EXPECT_EQ(mended("\u00c3"), "\u00c3");  // no such text
}

TEST(ArchiveRules, HashtagsBecomeTags) {
  using Tags = std::vector<std::string>;
  EXPECT_EQ(hashtags("In the #harbour, #Früh_am #harbour #漢字。"),
            (Tags{"harbour", "früh_am", "漢字。"}));
  EXPECT_EQ(hashtags("# ## #! a#b"), Tags{"b"});
  EXPECT_EQ(hashtags("#" + std::string(60, 'x')), Tags{});
  std::string many;
  for (int i = 0; i < 50; ++i) many += "#t" + std::to_string(i) + " ";
  EXPECT_EQ(hashtags(many).size(), limits::tags_per_photo);
}

TEST(ArchiveRules, TextsAreCutAndMadeReadable) {
  EXPECT_EQ(clean_text("  a\r\nb\rc \n", 100), "a\nb\nc");
  EXPECT_EQ(clean_text("äöü", 2), "äö");
  EXPECT_EQ(clean_text("a\xFF\x01z\xC3", 100), "az");
  EXPECT_EQ(clean_text(" \n", 100), "");
}

TEST(ArchiveRules, APhotoIsNotLostForTheWordsBesideIt) {
  const ArchivedPhoto photo =
      read_photo(JsonTree::parse(R"({"file":"photos/1.jpg","title":5,"tags":["Ok",7,"a,b"],
                          "visibility":"all","created_at":1,"show_camera":"yes"})")
                     .value());
  EXPECT_EQ(photo.file, "photos/1.jpg");
  EXPECT_EQ(photo.title, "");
  EXPECT_EQ(photo.tags, std::vector<std::string>{"ok"});
  EXPECT_EQ(photo.visibility, photos::Visibility::only_me);
  EXPECT_FALSE(photo.created_at || photo.show_camera);
  EXPECT_EQ(photo.refusal, "");
  EXPECT_EQ(read_photo(JsonTree()).refusal, "file_missing");
  EXPECT_TRUE(read_post(JsonTree(), "").empty());
  const auto post =
      read_post(JsonTree::parse(R"({"media":[{"uri":"m/1.MP4"},{"uri":"m/2.jpg","title":"x #y"}],
                          "creation_timestamp":12})")
                    .value(),
                "root/");
  ASSERT_EQ(post.size(), 2U);
  EXPECT_EQ(post[0].refusal, "video");
  EXPECT_EQ(post[1].file, "root/m/2.jpg");
  EXPECT_EQ(post[1].file_name, "2.jpg");
  EXPECT_EQ(post[1].created_at, 12 * second);
  EXPECT_EQ(post[1].tags, std::vector<std::string>{"y"});
}

}  // namespace
}  // namespace picsharz::imports
