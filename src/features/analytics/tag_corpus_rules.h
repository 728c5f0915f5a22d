// The words of all public photos, and what they tell together.
//
// What:      add() takes one member's photos after the other and keeps their words as numbers;
//            analysis() finds phrases (twice, so that phrases of phrases are up to four words), and
//            then counts members: of words, by week, and of pairs on one photo.
// Counting:  a member counts once for a word, once a week for a trend, once for a pair. A day of a
//            member counts once for a phrase.
// Bounds:    tag_limits; four bytes a word in memory, twice while phrases are made. What the oldest
// photos say does not matter to
//            trends: whoever reads them gives a year at most.
// Threads:   one.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "features/analytics/tag_analysis.h"

namespace picsharz::analytics {

namespace tag_limits {
inline constexpr std::int64_t members = 3;  // less is somebody's own affair
inline constexpr std::size_t weeks = 13;    // the last one, and those it is compared with
inline constexpr Micros read = 365 * day;   // older photos are not read
inline constexpr std::size_t words_of_photo = 200;
inline constexpr std::ptrdiff_t photos_of_member = 5'000;  // the newest; a member counts once
inline constexpr std::size_t words = 40'000'000;           // of all
inline constexpr std::size_t terms = 200;                  // in the answer
inline constexpr std::size_t trends = 50;
inline constexpr std::size_t phrases = 100;
inline constexpr std::size_t nodes = 150;
inline constexpr std::size_t edges_of_node = 6;
}  // namespace tag_limits

class TagCorpus {
 public:
  explicit TagCorpus(Micros now);
  ~TagCorpus();
  TagCorpus(const TagCorpus&) = delete;
  TagCorpus& operator=(const TagCorpus&) = delete;

  // All of one member, in any order; a member comes once. What is later than now is left out.
  void add(std::vector<PhotoText> photos);
  // Once, after the last one.
  TagAnalysis analysis();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace picsharz::analytics
