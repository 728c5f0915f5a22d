#include "features/search/search_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "features/search/synonyms.h"

namespace picsharz::search {
namespace {

// A query in one line: "word(red) & begin(boat) | phrase(a b) & !tag(sea)".
std::string told(const Query& query) {
  constexpr const char* names[] = {"word", "begin", "phrase", "from", "tag", "camera", "label"};
  std::string text;
  for (const Clause& clause : query.clauses) {
    if (!text.empty()) text += " & ";
    if (clause.negative) text += "!";
    for (const Unit& unit : clause.any_of) {
      if (&unit != &clause.any_of.front()) text += " | ";
      text.append(names[static_cast<int>(unit.kind)]).append("(").append(unit.text);
      for (const Word& word : unit.words) {
        if (unit.kind == Unit::Kind::from) break;
        if (&word != &unit.words.front()) text += ' ';
        text += word.form;
      }
      text += unit.open ? "*)" : ")";
    }
  }
  return text;
}

std::string told(std::string_view typed) {
  const auto query = parse_query(typed);
  return query ? told(*query) : "refused";
}

TEST(SearchRules, WordsPhrasesAndOperators) {
  const std::pair<const char*, const char*> expected[] = {
      {"", ""},
      {"  ,; ", ""},
      {"Guitar", "begin(guitar)"},
      {"guitar ", "word(guitar)"},
      {"red, guitar", "word(red) & begin(guitar)"},
      {"\"old town\" x", "phrase(old town) & begin(x)"},
      {"\"old\"", "phrase(old)"},
      {"\"old town", "phrase(old town)"},
      {"“old town”", "phrase(old town)"},
      {"well-known", "phrase(well known*)"},
      {"mei_lin boat", "phrase(mei lin) & begin(boat)"},
      {"-cat dog", "!word(cat) & begin(dog)"},
      {"- cat", "begin(cat)"},
      {"--cat", "!begin(cat)"},
      {"cat OR dog", "word(cat) | begin(dog)"},
      {"a cat OR \"b c\" OR dog d", "word(a) & word(cat) | phrase(b c) | word(dog) & begin(d)"},
      {"OR cat", "begin(cat)"},
      {"cat OR", "word(cat)"},
      {"cat OR OR dog", "word(cat) | begin(dog)"},
      {"cat OR -dog", "word(cat) & !begin(dog)"},
      {"-cat OR dog", "!word(cat) & begin(dog)"},
      {"cat or dog", "word(cat) & word(or) & begin(dog)"},
      {"\"OR\"", "phrase(or)"},
      {"from:@Mei tag:Golden-Hour", "from(mei) & tag(golden hour)"},
      {"FROM:mei", "from(mei)"},
      {"tag:\"old town\" -tag:x", "tag(old town) & !tag(x)"},
      {"camera:\"X-T5 Fuji\"", "camera(x t5 fuji)"},
      {"is:mine is:bw color:Red", "from(me) & label(black and white) & label(red)"},
      {"foo:bar", "phrase(foo bar*)"},
      {"from: tag: is: color: likes: before:", ""},
      {"a\"b", "word(a) & phrase(b)"},
      {"東京 夜", "phrase(東京 京) & begin(夜)"},
      {"😀", ""},
  };
  for (const auto& [typed, query] : expected) EXPECT_EQ(told(typed), query) << typed;
}

TEST(SearchRules, DaysAndNumbersBound) {
  const auto filter = [](std::string_view typed) { return parse_query(typed).value().filter; };
  constexpr Micros november = 1'793'491'200 * second;  // 2026-11-01
  EXPECT_EQ(filter("after:2026-11").from, november);
  EXPECT_EQ(filter("after:2026-11-01").from, november);
  EXPECT_EQ(filter("before:2026-11-01").until, november);
  EXPECT_EQ(filter("-before:2026-11-01").from, november);
  EXPECT_EQ(filter("after:1970").from, 0);
  EXPECT_EQ(filter("after:2026-11 after:2020").from, november);
  EXPECT_EQ(filter("likes:>10").likes_from, 11);
  EXPECT_EQ(filter("likes:>=10").likes_from, 10);
  EXPECT_EQ(filter("likes:10").likes_from, 10);
  EXPECT_EQ(filter("likes:<10").likes_to, 9);
  EXPECT_EQ(filter("likes:<=10").likes_to, 10);
  EXPECT_EQ(filter("-likes:>10").likes_to, 10);
  EXPECT_EQ(filter("-likes:<10").likes_from, 10);
  EXPECT_EQ(filter("likes:>3 likes:>1").likes_from, 4);
  EXPECT_EQ(filter("is:following -is:liked").following, true);
  EXPECT_EQ(filter("is:following -is:liked").liked, false);
}

TEST(SearchRules, AValueThatCannotBeOneIsRefused) {
  for (const char* typed :
       {"before:yesterday", "after:2026-13", "after:2026-02-30", "before:26", "before:2026-11-30-1",
        "likes:many", "likes:>", "likes:-1", "likes:>99999999999999999999", "is:nice",
        "color:beige", "after:2026--1", "before:99999"}) {
    const auto query = parse_query(typed);
    ASSERT_FALSE(query) << typed;
    EXPECT_EQ(query.error().code, "invalid_request");
    ASSERT_EQ(query.error().fields.size(), 1U);
    EXPECT_EQ(query.error().fields[0].field, "q");
  }
}

TEST(SearchRules, AQueryIsBounded) {
  std::string many;
  for (int i = 0; i < 60; ++i) many += "a" + std::to_string(i) + " OR ";
  std::size_t units = 0;
  const Query query = parse_query(many).value();
  for (const Clause& clause : query.clauses) units += clause.any_of.size();
  EXPECT_EQ(units, units_max);
  std::string characters;
  for (int i = 0; i < 190; ++i) characters += "東";
  EXPECT_EQ(parse_query(characters).value().clauses[0].any_of[0].words.size(), phrase_max);
}

TEST(SearchRules, AUnitKnowsItsPlace) {
  const std::string typed = "red \"old town\" OR tag:sea -boat";
  std::vector<std::string> places;
  const Query query = parse_query(typed).value();
  for (const Clause& clause : query.clauses) {
    for (const Unit& unit : clause.any_of) places.push_back(typed.substr(unit.at, unit.size));
  }
  EXPECT_EQ(places, (std::vector<std::string>{"red", "old town", "sea", "boat"}));
}

TEST(SearchRules, ErrorsAreCounted) {
  EXPECT_EQ(distance("guitar", "guitar"), 0);
  EXPECT_EQ(distance("gutar", "guitar"), 1);
  EXPECT_EQ(distance("giutar", "guitar"), 1);
  EXPECT_EQ(distance("guitat", "guitar"), 1);
  EXPECT_EQ(distance("guiitar", "guitar"), 1);
  EXPECT_EQ(distance("giutat", "guitar"), 2);
  EXPECT_EQ(distance("piano", "guitar"), 3);
  EXPECT_EQ(distance("", "ab"), 2);
  EXPECT_EQ(distance(std::string(200, 'a'), "a"), 3);
}

TEST(Synonyms, EachLineIsReadAndNoWordStandsTwice) {
  const auto has = [](std::string_view stem, std::string_view other) {
    const auto all = synonyms_of(stem);
    return std::ranges::find(all, other) != all.end();
  };
  EXPECT_TRUE(has("bike", "bicycle"));
  EXPECT_TRUE(has("sea", "ocean"));
  EXPECT_TRUE(has("nyc", "new york"));
  EXPECT_TRUE(synonyms_of("york").empty());
  EXPECT_TRUE(synonyms_of("zeppelin").empty());
  std::map<std::string, int> lines;
  std::string_view text = synonyms_text();
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    std::size_t items = 1;
    for (const char c : line) items += c == ',' ? 1 : 0;
    EXPECT_LE(items, synonyms_max + 1) << line;
    EXPECT_GE(items, 2U) << line;
    for (std::string_view rest = line; !rest.empty();) {
      const std::string_view item = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(item.size() + 1, rest.size()));
      EXPECT_EQ(++lines[stem_key(item)], 1) << item;
    }
  }
}

}  // namespace
}  // namespace picsharz::search
