#include "features/comments/comment_rules.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace picsharz::comments {
namespace {

using namespace std::literals;

using Handles = std::vector<std::string>;

std::string body_of(std::string_view text) {
  std::string body;
  JsonWriter(body).begin_object().field("text", text).end_object();
  return body;
}

Result<NewComment> read(std::string_view json) {
  auto body = JsonObject::parse(json);
  if (!body) return std::unexpected(body.error());
  return read_comment(*body);
}

TEST(CommentRules, IsTrimmedAndKeepsOneEmptyLine) {
  EXPECT_EQ(tidy("  Lovely.\n"), "Lovely.");
  EXPECT_EQ(tidy("one\ntwo"), "one\ntwo");
  EXPECT_EQ(tidy("one\n\n \n\n\ntwo\n\nthree"), "one\n\n two\n\nthree");
  EXPECT_EQ(tidy(" \n\t "), "");
}

TEST(CommentRules, SomethingInItCanBeSeen) {
  constexpr std::string_view from_right_to_left =
      "\xE2\x80\x8F"
      "שלום";
  for (const std::string_view seen :
       {"x"sv, "!"sv, "é"sv, "好"sv, "👍"sv, "👍🏽"sv, from_right_to_left}) {
    EXPECT_TRUE(is_visible(seen)) << seen;
  }
  constexpr std::string_view unseen[] = {
      "",
      " \n\t",
      "\xC2\xA0",                  // no-break space
      "\xC2\xAD",                  // soft hyphen
      "\xE2\x80\x8B\xE2\x80\x8D",  // zero width space and joiner
      "\xE2\x80\xAE",              // right-to-left override
      "\xE2\x81\xA0\xEF\xBB\xBF",  // word joiner, byte order mark
      "\xE3\x80\x80",              // ideographic space
      "\xE3\x85\xA4\xEF\xBE\xA0",  // Hangul fillers
      "\xE2\xA0\x80",              // an empty Braille cell
      "\xEF\xB8\x8F",              // a variation selector alone
      "\xF3\xA0\x81\xA1",          // a tag character
  };
  for (const std::string_view text : unseen) {
    EXPECT_FALSE(is_visible(text)) << text;
    const auto read_text = read(body_of(text));
    ASSERT_FALSE(read_text) << text;
    EXPECT_EQ(read_text.error().code, "invalid_request");
    EXPECT_EQ(read_text.error().fields.at(0).field, "text");
  }
}

TEST(CommentRules, ATextHasItsLimitsAndNoControlCharacters) {
  EXPECT_TRUE(read(body_of(std::string(limits::comment_max, 'x'))));
  std::string wide;
  for (std::size_t i = 0; i < limits::comment_max; ++i) wide += "好";
  EXPECT_TRUE(read(body_of(wide)));
  EXPECT_FALSE(read(body_of(std::string(limits::comment_max + 1, 'x'))));
  for (const std::string_view json :
       {R"({"text":"a\u0000b"})", R"({"text":"a\u001b[31m"})", R"({"text":"a\u0008b"})",
        R"({"text":7})", R"({})", R"({"text":"a","photo":"1"})", "{\"text\":\"\xFF\"}"}) {
    EXPECT_FALSE(read(json)) << json;
  }
}

TEST(CommentRules, AnswersAnIdOrNothing) {
  EXPECT_EQ(read(R"({"text":"a","reply_to":"12"})")->reply_to, CommentId{12});
  EXPECT_FALSE(read(R"({"text":"a","reply_to":null})")->reply_to);
  const auto refused = read(R"({"text":"a","reply_to":"x1"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.at(0).field, "reply_to");
}

TEST(CommentRules, MentionsAreHandlesWithNothingBeforeThem) {
  EXPECT_EQ(mentioned("@mei and (@Tom_1), not @mei"), (Handles{"mei", "tom_1"}));
  EXPECT_EQ(mentioned("你好@mei好"), Handles{"mei"});
  EXPECT_EQ(mentioned("line\n@mei."), Handles{"mei"});
  for (const std::string_view none :
       {"mei@example.org", "https://photos.example/@mei", "@@mei", "_@mei", "@me", "@", "@ mei",
        "@mei5678901234567890123456789012"}) {
    EXPECT_TRUE(mentioned(none).empty()) << none;
  }
}

TEST(CommentRules, SoManyAreMentionedAndNoMore) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "@person_" + std::to_string(i) + " ";
  EXPECT_EQ(mentioned(text).size(), limits::mentions_per_comment);
}

}  // namespace
}  // namespace picsharz::comments
