// The most of what was counted.
//
// Threads:   pure functions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace picsharz::analytics {

// The keys with the largest counts, the largest first; equal ones in the order of the keys.
template <class Key, class Compare>
std::vector<Key> most_of(const std::map<Key, std::int64_t, Compare>& counts, int at_most) {
  std::vector<std::pair<std::int64_t, const Key*>> all;
  all.reserve(counts.size());
  for (const auto& [key, count] : counts) all.emplace_back(-count, &key);
  const auto wanted = std::min(all.size(), static_cast<std::size_t>(at_most));
  const auto before = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : *a.second < *b.second;
  };
  std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(wanted), before);
  std::vector<Key> keys;
  keys.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) keys.push_back(*all[i].second);
  return keys;
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
