// The most of what was counted.
//
// Threads:   pure functions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace picsharz::analytics {

// The keys of a map with the largest counts, the largest first; equal ones in the order of the
// keys.
template <class Counts, class Key = typename Counts::key_type>
std::vector<Key> most_of(const Counts& counts, std::size_t at_most) {
  std::vector<std::pair<std::int64_t, const Key*>> all;
  all.reserve(counts.size());
  for (const auto& [key, count] : counts) all.emplace_back(-count, &key);
  const auto wanted = std::min(all.size(), at_most);
  const auto before = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : *a.second < *b.second;
  };
  std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(wanted), before);
  std::vector<Key> keys;
  keys.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) keys.push_back(*all[i].second);
  return keys;
}

// The keys with the largest counts of those that `shown` lets through, at most `at_most`: it is
// given keys, the largest first, and returns some of them in their order. What it keeps back takes
// nobody's place, however large its count; in nearly all cases the first look finds enough.
template <class Counts, class Shown, class Key = typename Counts::key_type>
std::vector<Key> most_shown_of(const Counts& counts, std::size_t at_most, Shown shown) {
  constexpr std::size_t asked_at_once = 500;
  std::vector<Key> found;
  for (std::size_t asked = 0; asked < counts.size() && found.size() < at_most;) {
    const std::vector<Key> most = most_of(counts, asked + asked_at_once);
    const std::vector<Key> some = shown(std::span(most).subspan(asked));
    found.insert(found.end(), some.begin(), some.end());
    asked = most.size();
  }
  if (found.size() > at_most) found.resize(at_most);
  return found;
}

// What is among the most of a range is among the most of some day of it: only so many of each day
// are looked at, which an index holds from its end. Of more days fewer each, so that it takes no
// longer.
inline constexpr std::int64_t looked_at = 10'000;
inline constexpr std::int64_t of_a_day_min = 10;
inline constexpr std::int64_t of_a_day_max = 100;

// The days of a range on which there is anything: `first` to `last` is what is kept.
struct KeptDays {
  Micros from = 0;
  Micros to = 0;  // before which it ends

  KeptDays(Micros range_from, Micros range_to, Micros first, Micros last)
      : from(std::max(range_from, first)), to(std::min(range_to, last + day)) {}

  std::int64_t of_a_day() const {
    const std::int64_t days = std::max<std::int64_t>(1, (to - from) / day);
    return std::clamp(looked_at / days, of_a_day_min, of_a_day_max);
  }
};

}  // namespace picsharz::analytics
