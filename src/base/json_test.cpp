#include "base/json.h"

#include <gtest/gtest.h>

namespace picsharz {
namespace {

TEST(JsonWriter, NestsAndSeparates) {
  std::string text;
  JsonWriter out(text);
  out.begin_object().field("a", 1).key("list").begin_array().value("x").value(true).null();
  out.end_array().field("b", 0.91234).key("o").begin_object().end_object().end_object();
  EXPECT_EQ(text, R"({"a":1,"list":["x",true,null],"b":0.9123,"o":{}})");
}

TEST(JsonWriter, EscapesWhatCouldEndAStringOrAScript) {
  std::string text;
  append_json_string(text, std::string_view("\"\\\n\t\0</script>", 14));
  EXPECT_EQ(text, R"("\"\\\n\t\u0000\u003c/script>")");
}

TEST(JsonWriter, WritesIdsAsText) {
  std::string text;
  JsonWriter(text).begin_object().field("id", PhotoId{9'223'372'036'854'775'807}).end_object();
  EXPECT_EQ(text, R"({"id":"9223372036854775807"})");
}

TEST(JsonObject, ReadsEveryType) {
  auto object = JsonObject::parse(R"({"t":"Zoë","n":-5,"b":true,"l":["a","b"],"z":null})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->text("t", 1, 3), "Zoë");
  EXPECT_EQ(object->number("n"), -5);
  EXPECT_EQ(object->optional_truth("b"), true);
  EXPECT_EQ(object->optional_list("l", 2, 1)->size(), 2U);
  EXPECT_EQ(object->optional_text("z", 5), std::nullopt);
  EXPECT_TRUE(object->finish());
}

TEST(JsonObject, CollectsEveryError) {
  auto object = JsonObject::parse(R"({"long":"abcdef","kind":7,"extra":1,"short":""})");
  ASSERT_TRUE(object);
  object->text("long", 1, 5);
  object->text("kind", 1, 5);
  object->text("missing", 1, 5);
  object->text("short", 1, 5);
  const auto finished = object->finish();
  ASSERT_FALSE(finished);
  std::vector<std::string> found;
  for (const auto& field : finished.error().fields) found.push_back(field.field + ":" + field.code);
  EXPECT_EQ(found, (std::vector<std::string>{"long:too_long", "kind:wrong_type", "missing:required",
                                             "short:too_short", "extra:unknown_field"}));
}

TEST(JsonObject, RefusesWhatIsNoFlatObject) {
  for (const char* text : {"", "[]", "1", "{", R"({"a":[1]})", "{\"a\":\"\xff\"}", "{} x"}) {
    EXPECT_FALSE(JsonObject::parse(text)) << text;
  }
  auto nested = JsonObject::parse(R"({"a":{"b":1}})");
  ASSERT_TRUE(nested);
  EXPECT_FALSE(nested->finish());
}

TEST(CountCharacters, CountsCodePointsAndRefusesTheRest) {
  EXPECT_EQ(count_characters("猫 ë"), 3U);
  EXPECT_EQ(count_characters("😀"), 1U);
  for (const std::string_view text :
       {std::string_view("\xC0\x80"), std::string_view("\xED\xA0\x80"), std::string_view("a\0", 2),
        std::string_view("\xE2\x82"), std::string_view("\xF5\x80\x80\x80"),
        std::string_view("\x1b[0m")}) {
    EXPECT_EQ(count_characters(text), std::nullopt);
  }
}

}  // namespace
}  // namespace picsharz
