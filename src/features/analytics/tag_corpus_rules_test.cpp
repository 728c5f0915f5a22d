// A corpus that is made up, with trends, phrases and groups planted in it among words that
// everybody writes all the time, and one member who writes one word a thousand times. What is found
// is compared with what counting alone would find.

#include "features/analytics/tag_corpus_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "features/analytics/tag_words_rules.h"

namespace picsharz::analytics {
namespace {

using Words = std::vector<std::string>;

constexpr Micros now = 1'796'000'000 * second;
constexpr Micros week = 7 * day;
constexpr std::size_t members = 300;
constexpr std::size_t weeks = 13;

const Words common = {"water",  "light",  "morning", "green",  "blue",   "evening",
                      "street", "tree",   "house",   "window", "garden", "cloud",
                      "road",   "red",    "old",     "city",   "river",  "stone",
                      "shadow", "summer", "winter",  "night",  "bird",   "flower",
                      "field",  "door",   "wall",    "grass",  "rain",   "wood"};
const Words trends = {"eclipse", "lantern", "durian", "regatta", "orchid"};
const std::vector<Words> phrases = {{"golden", "hour"},    {"kuala", "lumpur"},
                                    {"long", "exposure"},  {"petronas", "tower"},
                                    {"tea", "plantation"}, {"mount", "kinabalu", "summit"}};
const std::vector<Words> groups = {{"coral", "diver", "reef", "turtle", "snorkel"},
                                   {"noodle", "satay", "hawker", "chilli", "market"},
                                   {"temple", "monk", "incense", "pagoda", "shrine"},
                                   {"tram", "platform", "railway", "carriage", "locomotive"}};

// The same numbers on every machine: distributions of the library are not.
class Chance {
 public:
  bool of(double probability) { return number() < probability; }
  std::size_t below(std::size_t bound) { return random_() % bound; }
  // Small numbers more often, as words are.
  std::size_t skewed(std::size_t bound) {
    const double x = number();
    return static_cast<std::size_t>(x * x * static_cast<double>(bound));
  }

 private:
  double number() { return static_cast<double>(random_() >> 11) / 9'007'199'254'740'992.0; }
  std::mt19937_64 random_{20261129};
};

struct Corpus {
  std::vector<std::vector<PhotoText>> by_member;
  std::map<std::string, int> last_week;                         // photos by word
  std::map<std::pair<std::string, std::string>, int> adjacent;  // photos by two words of a title
  std::map<std::pair<std::string, std::string>, int> together;  // photos by two words anywhere
};

class Maker {
 public:
  Corpus make() {
    for (std::size_t member = 0; member < members; ++member) {
      corpus_.by_member.emplace_back();
      for (std::size_t ago = 0; ago < weeks; ++ago) photos_of_week(member, ago);
    }
    one_who_repeats();
    return std::move(corpus_);
  }

 private:
  // Everybody uploads twice as much in the last week: nothing of that is a trend.
  void photos_of_week(std::size_t member, std::size_t ago) {
    const std::size_t photos = ago == 0 ? 4 : 2;
    for (std::size_t i = 0; i < photos; ++i) photo(member, ago);
  }

  void photo(std::size_t member, std::size_t ago) {
    Words title;
    for (int i = 0; i < 4; ++i) title.push_back(common[chance_.skewed(common.size())]);
    for (const Words& phrase : phrases) {
      if (chance_.of(0.015)) title.insert(title.end(), phrase.begin(), phrase.end());
      if (chance_.of(0.002)) title.push_back(phrase[chance_.below(phrase.size())]);
    }
    const double rate = ago == 0 ? 0.02 : 0.0015;
    for (const std::string& word : trends) {
      if (chance_.of(rate)) title.push_back(word);
    }
    Words tags;
    if (chance_.of(0.2)) {
      const Words& group = groups[chance_.below(groups.size())];
      for (const std::string& word : group) {
        if (chance_.of(0.6)) tags.push_back(word);
      }
    }
    if (chance_.of(0.8)) tags.push_back("sky");
    add(member, ago, title, tags);
  }

  void one_who_repeats() {
    corpus_.by_member.emplace_back();
    for (int i = 0; i < 1'000; ++i) {
      add(members, 0, {"my", "megasale", "bargain"}, {"megasale", "bargain", "discount"});
    }
  }

  void add(std::size_t member, std::size_t ago, const Words& title, const Words& tags) {
    PhotoText made{.photo = {++photos_}, .owner = {static_cast<std::int64_t>(member) + 1}};
    made.at =
        now - static_cast<Micros>(ago) * week - static_cast<Micros>(chance_.below(7)) * day - hour;
    for (const std::string& word : title) made.title += (made.title.empty() ? "" : " ") + word;
    made.tags = tags;
    corpus_.by_member[member].push_back(made);
    std::set<std::string> all(title.begin(), title.end());
    all.insert(tags.begin(), tags.end());
    for (const std::string& word : all) {
      if (ago == 0) ++corpus_.last_week[word];
      for (const std::string& other : all) {
        if (word < other) ++corpus_.together[{word, other}];
      }
    }
    for (std::size_t at = 0; at + 1 < title.size(); ++at) {
      ++corpus_.adjacent[{title[at], title[at + 1]}];
    }
  }

  Chance chance_;
  Corpus corpus_;
  std::int64_t photos_ = 0;
};

template <class Map>
std::vector<typename Map::key_type> most(const Map& counts, std::size_t count) {
  std::vector<std::pair<int, typename Map::key_type>> sorted;
  for (const auto& [key, number] : counts) sorted.emplace_back(number, key);
  std::ranges::sort(sorted, std::ranges::greater());
  std::vector<typename Map::key_type> first;
  for (std::size_t at = 0; at < std::min(count, sorted.size()); ++at) {
    first.push_back(sorted[at].second);
  }
  return first;
}

bool has(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

class TagCorpusTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    corpus_ = new Corpus(Maker().make());
    TagCorpus tags(now);
    for (const auto& photos : corpus_->by_member) tags.add(photos);
    found_ = new TagAnalysis(tags.analysis());
  }
  static void TearDownTestSuite() {
    delete corpus_;
    delete found_;
  }
  static const Corpus& corpus() { return *corpus_; }
  static const TagAnalysis& found() { return *found_; }

 private:
  static inline Corpus* corpus_ = nullptr;
  static inline TagAnalysis* found_ = nullptr;
};

TEST_F(TagCorpusTest, CountsMembersAndNotPhotos) {
  EXPECT_EQ(found().members, static_cast<std::int64_t>(members) + 1);
  EXPECT_EQ(found().photos, static_cast<std::int64_t>(members * (2 * weeks + 2) + 1'000));
  for (const TagTerm& term : found().terms) {
    EXPECT_NE(term.text, "megasale");
    EXPECT_NE(term.text, "discount");
    EXPECT_GE(term.members, 3);
    EXPECT_LE(term.members, found().members);
    EXPECT_GE(term.photos, term.members);
  }
}

TEST_F(TagCorpusTest, FindsThePlantedTrendsThatCountingMisses) {
  int right = 0;
  for (const TagTrend& trend : found().trends) right += has(trends, trend.text) ? 1 : 0;
  EXPECT_EQ(right, static_cast<int>(trends.size())) << "recall";
  const double precision = static_cast<double>(right) / static_cast<double>(found().trends.size());
  EXPECT_GE(precision, 0.83);
  for (std::size_t at = 0; at < trends.size(); ++at) {
    EXPECT_TRUE(has(trends, found().trends[at].text)) << found().trends[at].text;
  }
  int raw = 0;
  for (const std::string& word : most(corpus().last_week, trends.size())) {
    raw += has(trends, word) ? 1 : 0;
  }
  EXPECT_EQ(raw, 0) << "counting alone";
  RecordProperty("trend_precision", std::to_string(precision));
}

TEST_F(TagCorpusTest, ATrendTellsWhatWasExpectedAndWhatWas) {
  const TagTrend& first = found().trends.at(0);
  ASSERT_EQ(first.weeks.size(), weeks);
  EXPECT_EQ(first.weeks.back(), first.members);
  EXPECT_GT(static_cast<double>(first.members), 3 * first.expected);
  EXPECT_GE(first.deviation, 3);
}

TEST_F(TagCorpusTest, FindsThePlantedPhrasesThatCountingMisses) {
  std::set<std::string> planted;
  for (const Words& phrase : phrases) {
    std::string text;
    for (const std::string& word : phrase) text += (text.empty() ? "" : " ") + word;
    planted.insert(text);
  }
  std::set<std::string> right;
  for (const TagPhrase& phrase : found().phrases) {
    if (planted.contains(phrase.text)) right.insert(phrase.text);
  }
  EXPECT_EQ(right, planted) << "recall";
  const double precision =
      static_cast<double>(right.size()) / static_cast<double>(found().phrases.size());
  EXPECT_GE(precision, 0.85);
  int raw = 0;
  for (const auto& [first, second] : most(corpus().adjacent, planted.size())) {
    raw += planted.contains(first + " " + second) ? 1 : 0;
  }
  EXPECT_EQ(raw, 0) << "counting alone";
  RecordProperty("phrase_precision", std::to_string(precision));
}

TEST_F(TagCorpusTest, APhraseIsOneTermAndItsWordsAreNot) {
  const auto term = [&](std::string_view text) {
    return std::ranges::find(found().terms, text, &TagTerm::text);
  };
  ASSERT_NE(term("kuala lumpur"), found().terms.end());
  const auto alone = term("lumpur");
  const std::int64_t rest = alone == found().terms.end() ? 0 : alone->members;
  EXPECT_LT(rest, term("kuala lumpur")->members);
}

// Of all pairs that are put together, how many belong together.
TEST_F(TagCorpusTest, FindsThePlantedGroupsThatCountingMisses) {
  const auto group_of = [](const std::string& word) {
    for (std::size_t at = 0; at < groups.size(); ++at) {
      if (has(groups[at], word)) return static_cast<int>(at);
    }
    return -1;
  };
  int pairs = 0;
  int right = 0;
  for (const TagCluster& cluster : found().clusters) {
    for (const std::string& first : cluster.terms) {
      for (const std::string& second : cluster.terms) {
        if (first >= second) continue;
        ++pairs;
        right += group_of(first) >= 0 && group_of(first) == group_of(second) ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(right, 4 * 10) << "recall: four groups of five";
  const double precision = static_cast<double>(right) / pairs;
  EXPECT_GE(precision, 0.9);
  int raw = 0;
  for (const auto& [first, second] : most(corpus().together, 40)) {
    raw += group_of(first) >= 0 && group_of(first) == group_of(second) ? 1 : 0;
  }
  EXPECT_LE(raw, 4) << "counting alone";
  RecordProperty("cluster_precision", std::to_string(precision));
}

TEST_F(TagCorpusTest, WhatEverybodyHasWeighsLessThanItsCount) {
  const auto sky = std::ranges::find(found().terms, "sky", &TagTerm::text);
  const bool first = sky == found().terms.begin();
  EXPECT_FALSE(first);
  for (const TagTerm& term : found().terms) {
    EXPECT_GT(term.weight, 0);
    EXPECT_LE(term.weight, 1);
  }
  EXPECT_TRUE(std::ranges::is_sorted(found().terms, std::ranges::greater(), &TagTerm::weight));
}

TEST_F(TagCorpusTest, TheGraphIsOneThatCanBeDrawn) {
  std::vector<std::size_t> drawn(found().nodes.size());
  for (const TagEdge& edge : found().edges) {
    ASSERT_LT(edge.from, edge.to);
    ASSERT_LT(edge.to, found().nodes.size());
    EXPECT_GE(edge.members, 3);
    ++drawn[edge.from];
    ++drawn[edge.to];
  }
  for (const std::size_t edges : drawn) EXPECT_LE(edges, tag_limits::edges_of_node);
  EXPECT_LE(found().nodes.size(), tag_limits::nodes);
}

TEST(TagCorpusEdgesTest, NothingIsFoundInNothing) {
  TagCorpus tags(now);
  const TagAnalysis found = tags.analysis();
  EXPECT_EQ(found.members, 0);
  EXPECT_TRUE(found.terms.empty() && found.trends.empty() && found.clusters.empty());
}

TEST(TagCorpusEdgesTest, TwoMembersAreNotEnough) {
  TagCorpus tags(now);
  for (std::int64_t member = 1; member <= 2; ++member) {
    std::vector<PhotoText> photos;
    for (int i = 0; i < 50; ++i) {
      photos.push_back({.photo = {i + 1},
                        .owner = {member},
                        .at = now - i * day,
                        .title = "secret place",
                        .description = "",
                        .tags = {},
                        .labels = {}});
    }
    tags.add(photos);
  }
  const TagAnalysis found = tags.analysis();
  EXPECT_EQ(found.photos, 100);
  EXPECT_TRUE(found.terms.empty() && found.phrases.empty() && found.nodes.empty());
}

TEST(TagCorpusEdgesTest, OfOneWithVeryManyTheNewestAreRead) {
  TagCorpus tags(now);
  const auto photo = [](std::int64_t member, Micros at, std::string title) {
    return PhotoText{.photo = {1},
                     .owner = {member},
                     .at = at,
                     .title = std::move(title),
                     .description = "",
                     .tags = {},
                     .labels = {}};
  };
  tags.add({photo(1, now - day, "harbour lantern")});
  tags.add({photo(2, now - day, "harbour lantern")});
  std::vector<PhotoText> many(static_cast<std::size_t>(tag_limits::photos_of_member),
                              photo(3, now - hour, "harbour"));
  many.push_back(photo(3, now - 2 * day, "lantern"));  // the one that is too many
  tags.add(std::move(many));
  const TagAnalysis found = tags.analysis();
  EXPECT_EQ(found.photos, 2 + tag_limits::photos_of_member);
  ASSERT_EQ(found.terms.size(), 1u);
  EXPECT_EQ(found.terms[0].text, "harbour");
}

TEST(TagCorpusEdgesTest, LanguagesAreStemmedAndChineseFindsItsWords) {
  TagCorpus tags(now);
  for (std::int64_t member = 11; member <= 20; ++member) {
    tags.add({PhotoText{.owner = {member}, .at = now - hour, .title = "Boat"}});
  }
  for (std::int64_t member = 1; member <= 8; ++member) {
    const auto of = [&](std::string title, std::vector<std::string> words) {
      return PhotoText{.photo = {member},
                       .owner = {member},
                       .at = now - member * hour,
                       .title = std::move(title),
                       .description = "",
                       .tags = std::move(words),
                       .labels = {"Beach"}};
    };
    tags.add({of("Die Häuser sind am Hafen und das ist schön, aber nicht für mich",
                 {member % 2 == 0 ? "Haus" : "Häuser", "吉隆坡"}),
              of("日落在吉隆坡", {"beaches"})});
  }
  const TagAnalysis found = tags.analysis();
  std::map<std::string, std::int64_t> terms;
  for (const TagTerm& term : found.terms) terms[term.text] = term.members;
  EXPECT_EQ(terms.count("Haus") + terms.count("Häuser"), 1U);
  EXPECT_TRUE(terms.contains("吉隆坡"));
  EXPECT_FALSE(terms.contains("隆坡"));
  EXPECT_TRUE(terms.contains("日落"));
  EXPECT_EQ(terms["Beach"] + terms["beaches"], 8) << "one stem";
  EXPECT_FALSE(terms.contains("Die") || terms.contains("nicht"));
}

}  // namespace
}  // namespace picsharz::analytics
