#include "base/json_tree.h"

#include <gtest/gtest.h>

namespace picsharz {
namespace {

std::vector<std::string> parts_of(std::string_view text, std::size_t step, bool& good,
                                  std::size_t longest = 100) {
  JsonList list(longest);
  std::vector<std::string> parts;
  good = true;
  for (std::size_t at = 0; at < text.size() && good; at += step) {
    good = list.feed(text.substr(at, step),
                     [&](std::string_view part) {
                       parts.emplace_back(part);
                       return true;
                     })
               .has_value();
  }
  good = good && list.complete();
  return parts;
}

TEST(JsonList, TakesAListApartHoweverItComes) {
  const std::string text = " [ {\"a\":[1,{\"b\":\"],\\\"}\"}]} ,\n2, \"x,[\\\\\" ,[]]\n";
  const std::vector<std::string> wanted = {"{\"a\":[1,{\"b\":\"],\\\"}\"}]}", "2", "\"x,[\\\\\"",
                                           "[]"};
  for (std::size_t step = 1; step < text.size(); ++step) {
    bool good = false;
    EXPECT_EQ(parts_of(text, step, good), wanted) << step;
    EXPECT_TRUE(good);
  }
  bool good = false;
  EXPECT_TRUE(parts_of("[\n]\n", 1, good).empty() && good);
}

TEST(JsonList, RefusesWhatIsNoList) {
  for (const char* text : {"{}", "[1", "[1,]", "[,1]", "[1]x", "", "[1,,2]"}) {
    bool good = true;
    parts_of(text, 3, good);
    EXPECT_FALSE(good) << text;
  }
  bool good = true;
  parts_of("[\"" + std::string(200, 'x') + "\"]", 7, good);
  EXPECT_FALSE(good);
}

TEST(JsonTree, WhatIsNotThereIsEmpty) {
  const auto tree = JsonTree::parse(R"({"a":{"b":[1,"x",true,null]},"n":12})").value();
  EXPECT_EQ(tree["a"]["b"].items().size(), 4U);
  EXPECT_EQ(tree["a"]["b"].items()[1].text(), "x");
  EXPECT_EQ(tree["n"].number(), 12);
  EXPECT_EQ(tree["n"].text(), "");
  EXPECT_TRUE(tree["x"]["y"].null() && tree["x"].items().empty());
  EXPECT_FALSE(JsonTree::parse("{"));
  EXPECT_FALSE(JsonTree::parse(std::string(40, '[') + std::string(40, ']')));
  EXPECT_FALSE(JsonTree::parse("\"\xFF\""));
}

}  // namespace
}  // namespace picsharz
