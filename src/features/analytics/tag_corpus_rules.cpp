#include "features/analytics/tag_corpus_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "features/analytics/tag_statistics_rules.h"
#include "features/analytics/tag_vocabulary_rules.h"
#include "features/analytics/tag_words_rules.h"

namespace picsharz::analytics {

namespace {

constexpr TermId gap = std::numeric_limits<TermId>::max();  // ends a phrase
constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();
constexpr Micros week = 7 * day;

// What it takes to be a phrase, a trend, an edge.
constexpr std::uint32_t phrase_outings = 4;
constexpr double phrase_bond = 0.3;
// Any two pairs of one run share a character: only those that hardly ever part are a word.
constexpr double overlap_bond = 0.6;
constexpr double surprising = 10.83;
constexpr double trend_score = 3;
constexpr double edge_bond = 0.15;
constexpr std::size_t cluster_terms = 3;

// One photo's words, and whose it is, which day of theirs, and when.
struct Photo {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint32_t member = 0;
  std::uint32_t outing = 0;
  std::size_t week = 0;  // ago
};

// Of one term: how often, each photo, outing and member once.
struct TermCount {
  std::uint32_t photos = 0;
  std::uint32_t outings = 0;
  std::uint32_t members = 0;
  std::uint32_t last_photo = nobody;
  std::uint32_t last_outing = nobody;
  std::uint32_t last_member = nobody;

  void count(std::uint32_t photo, const Photo& of) {
    photos += std::exchange(last_photo, photo) != photo ? 1 : 0;
    outings += std::exchange(last_outing, of.outing) != of.outing ? 1 : 0;
    members += std::exchange(last_member, of.member) != of.member ? 1 : 0;
  }
};

std::uint64_t pair_key(TermId first, TermId second) {
  return (static_cast<std::uint64_t>(first) << 32) | second;
}

// Which pairs are written often enough to be counted one by one: most are written once, and would
// take a hundred times the memory. Two that share a place are counted together, so none is missed.
class OftenPaired {
 public:
  void note(std::uint64_t key) {
    std::uint8_t& seen = seen_[place_of(key)];
    if (seen < phrase_outings) ++seen;
  }
  bool often(std::uint64_t key) const { return seen_[place_of(key)] >= phrase_outings; }

 private:
  static constexpr unsigned bits = 22;
  static std::size_t place_of(std::uint64_t key) {
    return (key * 0x9E3779B97F4A7C15ULL) >> (64 - bits);
  }
  std::vector<std::uint8_t> seen_ = std::vector<std::uint8_t>(std::size_t{1} << bits);
};

struct Phrase {
  TermId term = 0;
  double bond = 0;
};
using Phrases = std::unordered_map<std::uint64_t, Phrase>;
using Pairs = std::unordered_map<std::uint64_t, TermCount>;

// Where each term stands among some of them; `nobody`: it does not.
class Places {
 public:
  Places(std::size_t terms, const std::vector<TermId>& some) : places_(terms, nobody) {
    for (std::size_t at = 0; at < some.size(); ++at) {
      places_[some[at]] = static_cast<std::uint32_t>(at);
    }
  }
  std::uint32_t of(TermId term) const { return term == gap ? nobody : places_[term]; }

 private:
  std::vector<std::uint32_t> places_;
};

// How many of all members, less what everybody has: a word that tells nothing.
double told(std::uint32_t members, std::uint32_t all) {
  const double rest = all - members;
  return members * std::log(1 + (rest + 0.5) / (members + 0.5));
}

}  // namespace

struct TagCorpus::State {
  explicit State(Micros at) : now(at) {}

  void add_words(std::string_view text, Tongue tongue, std::unordered_set<TermId>& written,
                 std::size_t limit);
  void add_photo(const PhotoText& photo, Tongue tongue, std::unordered_set<TermId>& written);

  void count_terms();
  Pairs count_pairs() const;
  Phrases find_phrases() const;
  void merge(const Phrases& phrases);
  void choose();

  void rank(TagAnalysis& made) const;
  void find_trends(TagAnalysis& made) const;
  void list_phrases(TagAnalysis& made) const;
  void draw_graph(TagAnalysis& made) const;
  std::vector<TagEdge> edges(const std::vector<TermId>& nodes) const;
  void gather(TagAnalysis& made) const;

  const Micros now;
  TagVocabulary vocabulary;
  std::vector<TermId> words;
  std::vector<Photo> photos;
  std::uint32_t members = 0;
  std::uint32_t outings = 0;
  std::vector<TermCount> counts;             // by term
  std::unordered_map<TermId, double> bonds;  // of phrases
  std::vector<TermId> chosen;                // of enough members, by how much they tell
};

TagCorpus::TagCorpus(Micros now) : state_(std::make_unique<State>(now)) {}
TagCorpus::~TagCorpus() = default;

// --- taking words in

void TagCorpus::State::add_words(std::string_view text, Tongue tongue,
                                 std::unordered_set<TermId>& written, std::size_t limit) {
  for (const TagWord& word : tag_words(text, tongue)) {
    if (words.size() >= limit) break;
    if (!word.follows) words.push_back(gap);
    const TermId term = vocabulary.word(word.stem);
    if (written.insert(term).second) vocabulary.written(term, word.surface);
    words.push_back(term);
  }
  words.push_back(gap);
}

void TagCorpus::State::add_photo(const PhotoText& photo, Tongue tongue,
                                 std::unordered_set<TermId>& written) {
  const std::size_t begin = words.size();
  const std::size_t limit = begin + tag_limits::words_of_photo;
  // Tags first: in titles many a word begins with a capital.
  for (const std::string& tag : photo.tags) add_words(tag, tongue, written, limit);
  add_words(photo.title, tongue, written, limit);
  add_words(photo.description, tongue, written, limit);
  for (const std::string& label : photo.labels) add_words(label, Tongue::english, written, limit);
  photos.push_back({.begin = begin,
                    .end = words.size(),
                    .member = members,
                    .outing = outings,
                    .week = static_cast<std::size_t>((now - photo.at) / week)});
}

void TagCorpus::add(std::vector<PhotoText> photos) {
  State& state = *state_;
  std::erase_if(photos, [&](const PhotoText& photo) { return photo.at > state.now; });
  if (photos.empty() || state.words.size() >= tag_limits::words) return;
  std::ranges::sort(photos, {}, &PhotoText::at);
  if (std::ssize(photos) > tag_limits::photos_of_member) {
    photos.erase(photos.begin(), photos.end() - tag_limits::photos_of_member);
  }
  std::vector<std::string_view> texts;
  for (const PhotoText& photo : photos) {
    texts.push_back(photo.title);
    texts.push_back(photo.description);
  }
  const Tongue tongue = tongue_of(texts);
  std::unordered_set<TermId> written;
  std::optional<Micros> today;
  for (const PhotoText& photo : photos) {
    if (const Micros its_day = photo.at / day; today != its_day) {
      if (today) ++state.outings;
      today = its_day;
    }
    state.add_photo(photo, tongue, written);
  }
  ++state.outings;
  ++state.members;
}

// --- phrases

void TagCorpus::State::count_terms() {
  counts.assign(vocabulary.size(), {});
  for (std::uint32_t at = 0; at < photos.size(); ++at) {
    for (std::size_t word = photos[at].begin; word < photos[at].end; ++word) {
      if (words[word] != gap) counts[words[word]].count(at, photos[at]);
    }
  }
}

Pairs TagCorpus::State::count_pairs() const {
  const auto common = [&](TermId term) {
    return term != gap && counts[term].members >= tag_limits::members;
  };
  const auto each = [&](auto&& take) {
    for (std::uint32_t at = 0; at < photos.size(); ++at) {
      for (std::size_t word = photos[at].begin; word + 1 < photos[at].end; ++word) {
        if (!common(words[word]) || !common(words[word + 1])) continue;
        take(pair_key(words[word], words[word + 1]), at);
      }
    }
  };
  OftenPaired paired;
  each([&](std::uint64_t key, std::uint32_t) { paired.note(key); });
  Pairs pairs;
  each([&](std::uint64_t key, std::uint32_t at) {
    if (paired.often(key)) pairs[key].count(at, photos[at]);
  });
  return pairs;
}

Phrases TagCorpus::State::find_phrases() const {
  Phrases found;
  for (const auto& [key, both] : count_pairs()) {
    if (both.outings < phrase_outings || both.members < tag_limits::members) continue;
    const auto first = static_cast<TermId>(key >> 32);
    const auto second = static_cast<TermId>(key & 0xFFFFFFFFU);
    const Pairing pair{.first = counts[first].outings,
                       .second = counts[second].outings,
                       .both = both.outings,
                       .all = outings};
    const double bond = bond_of(pair);
    const double least = vocabulary.overlap(first, second) ? overlap_bond : phrase_bond;
    if (bond < least || surprise_of(pair) < surprising) continue;
    found[key] = {.term = 0, .bond = bond};
  }
  return found;
}

// From left to right; where three words are two phrases, the tighter one holds.
void TagCorpus::State::merge(const Phrases& phrases) {
  std::vector<TermId> merged;
  merged.reserve(words.size());
  const auto phrase_at = [&](std::size_t word, std::size_t end) -> const Phrase* {
    if (word + 1 >= end || words[word] == gap || words[word + 1] == gap) return nullptr;
    const auto found = phrases.find(pair_key(words[word], words[word + 1]));
    return found == phrases.end() ? nullptr : &found->second;
  };
  for (Photo& photo : photos) {
    const std::size_t begin = merged.size();
    for (std::size_t word = photo.begin; word < photo.end; ++word) {
      const Phrase* here = phrase_at(word, photo.end);
      const Phrase* next = here == nullptr ? nullptr : phrase_at(word + 1, photo.end);
      if (here == nullptr || (next != nullptr && next->bond > here->bond)) {
        merged.push_back(words[word]);
        continue;
      }
      merged.push_back(here->term);
      ++word;
    }
    photo.begin = begin;
    photo.end = merged.size();
  }
  words = std::move(merged);
}

void TagCorpus::State::choose() {
  for (TermId term = 0; term < counts.size(); ++term) {
    if (counts[term].members >= tag_limits::members) chosen.push_back(term);
  }
  std::ranges::sort(chosen, [&](TermId a, TermId b) {
    const double of_a = told(counts[a].members, members);
    const double of_b = told(counts[b].members, members);
    return of_a != of_b ? of_a > of_b : a < b;
  });
}

// --- what is found

void TagCorpus::State::rank(TagAnalysis& made) const {
  made.photos = static_cast<std::int64_t>(photos.size());
  made.members = members;
  made.words = static_cast<std::int64_t>(
      std::ranges::count_if(counts, [](const TermCount& count) { return count.photos > 0; }));
  if (chosen.empty()) return;
  const double most = told(counts[chosen[0]].members, members);
  for (std::size_t at = 0; at < std::min(chosen.size(), tag_limits::terms); ++at) {
    const TermCount& count = counts[chosen[at]];
    made.terms.push_back({.text = vocabulary.text(chosen[at]),
                          .members = count.members,
                          .photos = count.photos,
                          .weight = told(count.members, members) / most});
  }
}

void TagCorpus::State::list_phrases(TagAnalysis& made) const {
  for (const auto& [term, bond] : bonds) {
    const TermCount& count = counts[term];
    if (count.members < tag_limits::members) continue;  // a longer one has taken it in
    made.phrases.push_back({.text = vocabulary.text(term), .members = count.members, .bond = bond});
  }
  std::ranges::sort(made.phrases, [](const TagPhrase& a, const TagPhrase& b) {
    return a.members != b.members ? a.members > b.members : a.text < b.text;
  });
  if (made.phrases.size() > tag_limits::phrases) made.phrases.resize(tag_limits::phrases);
}

void TagCorpus::State::find_trends(TagAnalysis& made) const {
  constexpr std::size_t weeks = tag_limits::weeks;
  using Weeks = std::array<TermCount, weeks>;
  const Places places(counts.size(), chosen);
  std::vector<Weeks> by_week(chosen.size());
  for (std::uint32_t at = 0; at < photos.size(); ++at) {
    if (photos[at].week >= weeks) continue;
    for (std::size_t word = photos[at].begin; word < photos[at].end; ++word) {
      const std::uint32_t place = places.of(words[word]);
      if (place != nobody) by_week[place][photos[at].week].count(at, photos[at]);
    }
  }
  // Of how much was written at all, so that a week of many uploads makes no trends.
  std::array<std::int64_t, weeks> all{};
  for (const Weeks& counted : by_week) {
    for (std::size_t ago = 0; ago < weeks; ++ago) all[ago] += counted[ago].members;
  }
  for (std::size_t place = 0; place < chosen.size(); ++place) {
    const Weeks& counted = by_week[place];
    if (counted[0].members < tag_limits::members) continue;
    std::vector<Week> past;
    TagTrend trend{.text = vocabulary.text(chosen[place]), .members = counted[0].members};
    for (std::size_t ago = weeks; ago-- > 0;) {
      trend.weeks.push_back(counted[ago].members);
      if (ago > 0) past.push_back({.count = counted[ago].members, .all = all[ago]});
    }
    const Deviation deviation = deviation_of(past, {.count = counted[0].members, .all = all[0]});
    if (deviation.score < trend_score) continue;
    trend.expected = deviation.expected;
    trend.deviation = deviation.score;
    made.trends.push_back(std::move(trend));
  }
  std::ranges::stable_sort(made.trends, std::ranges::greater(), &TagTrend::deviation);
  if (made.trends.size() > tag_limits::trends) made.trends.resize(tag_limits::trends);
}

// Of each two nodes, how many members have both on one photo.
std::vector<TagEdge> TagCorpus::State::edges(const std::vector<TermId>& nodes) const {
  const std::size_t count = nodes.size();
  const Places places(counts.size(), nodes);
  std::vector<TermCount> pairs(count * count);
  std::vector<std::uint32_t> here;
  for (std::uint32_t at = 0; at < photos.size(); ++at) {
    here.clear();
    for (std::size_t word = photos[at].begin; word < photos[at].end; ++word) {
      const std::uint32_t place = places.of(words[word]);
      if (place != nobody) here.push_back(place);
    }
    std::ranges::sort(here);
    here.erase(std::ranges::unique(here).begin(), here.end());
    for (std::size_t a = 0; a < here.size(); ++a) {
      for (std::size_t b = a + 1; b < here.size(); ++b) {
        pairs[std::size_t{here[a]} * count + here[b]].count(at, photos[at]);
      }
    }
  }
  std::vector<TagEdge> found;
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = a + 1; b < count; ++b) {
      const std::int64_t both = pairs[a * count + b].members;
      if (both < tag_limits::members) continue;
      const Pairing pair{.first = counts[nodes[a]].members,
                         .second = counts[nodes[b]].members,
                         .both = both,
                         .all = members};
      const double bond = bond_of(pair);
      if (bond < edge_bond || surprise_of(pair) < surprising) continue;
      found.push_back({.from = a, .to = b, .members = both, .bond = bond});
    }
  }
  return found;
}

// The strongest of each node, so that a picture of it can be read.
void TagCorpus::State::draw_graph(TagAnalysis& made) const {
  const std::vector<TermId> nodes(
      chosen.begin(),
      chosen.begin() + static_cast<std::ptrdiff_t>(std::min(chosen.size(), tag_limits::nodes)));
  for (const TermId term : nodes) {
    made.nodes.push_back({.text = vocabulary.text(term), .members = counts[term].members});
  }
  std::vector<TagEdge> all = edges(nodes);
  std::ranges::stable_sort(all, std::ranges::greater(), &TagEdge::bond);
  std::vector<std::size_t> drawn(nodes.size());
  for (const TagEdge& edge : all) {
    if (drawn[edge.from] >= tag_limits::edges_of_node ||
        drawn[edge.to] >= tag_limits::edges_of_node) {
      continue;
    }
    ++drawn[edge.from];
    ++drawn[edge.to];
    made.edges.push_back(edge);
  }
}

void TagCorpus::State::gather(TagAnalysis& made) const {
  std::vector<Link> links;
  std::vector<double> strength(made.nodes.size());
  for (const TagEdge& edge : made.edges) {
    links.push_back({.from = edge.from, .to = edge.to, .weight = edge.bond});
    strength[edge.from] += edge.bond;
    strength[edge.to] += edge.bond;
  }
  const auto homes = communities(made.nodes.size(), links);
  std::vector<std::vector<std::size_t>> groups(made.nodes.size());
  for (std::size_t node = 0; node < homes.size(); ++node) groups[homes[node]].push_back(node);
  std::erase_if(groups, [](const auto& group) { return group.size() < cluster_terms; });
  const auto largest = [&](const std::vector<std::size_t>& group) {
    std::int64_t most = 0;
    for (const std::size_t node : group) most = std::max(most, made.nodes[node].members);
    return most;
  };
  std::ranges::stable_sort(groups, [&](const auto& a, const auto& b) {
    return largest(a) != largest(b) ? largest(a) > largest(b) : a.size() > b.size();
  });
  for (auto& group : groups) {
    std::ranges::stable_sort(
        group, [&](std::size_t a, std::size_t b) { return strength[a] > strength[b]; });
    TagCluster cluster{.members = largest(group), .terms = {}};
    for (const std::size_t node : group) {
      made.nodes[node].cluster = static_cast<std::int64_t>(made.clusters.size());
      cluster.terms.push_back(made.nodes[node].text);
    }
    made.clusters.push_back(std::move(cluster));
  }
}

TagAnalysis TagCorpus::analysis() {
  State& state = *state_;
  constexpr int rounds = 2;
  for (int round = 0; round < rounds; ++round) {
    state.count_terms();
    Phrases phrases = state.find_phrases();
    for (auto& [key, phrase] : phrases) {
      phrase.term = state.vocabulary.phrase(static_cast<TermId>(key >> 32),
                                            static_cast<TermId>(key & 0xFFFFFFFFU));
      state.bonds[phrase.term] = phrase.bond;
    }
    state.merge(phrases);
  }
  state.count_terms();
  state.choose();
  TagAnalysis made{.made_at = state.now};
  state.rank(made);
  state.find_trends(made);
  state.list_phrases(made);
  state.draw_graph(made);
  state.gather(made);
  return made;
}

}  // namespace picsharz::analytics
