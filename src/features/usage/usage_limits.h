// How long rows of use stay, how often they are written, and how many fit. Plain numbers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace picsharz::usage {

inline constexpr Micros week = 7 * day;

// How long rows stay (docs/operations.md has the same for people).
inline constexpr Micros hours_kept = 100 * day;
inline constexpr Micros active_kept = 35 * day;
inline constexpr Micros views_kept = 100 * day;
inline constexpr Micros words_kept = 90 * day;
// Different searchers a day: such words are kept for ever.
inline constexpr std::int64_t often_searched = 3;
inline constexpr std::int64_t retention_weeks = 52;

inline constexpr Micros flush_interval = 10 * second;
inline constexpr Micros sample_interval = minute;  // of gauges, and of CPU beside nothing else
inline constexpr std::size_t words_max = 64;       // bytes of one search that are kept
// In memory between two flushes, of one process; what is beyond them is counted, but not noted.
inline constexpr std::size_t words_waiting = 2'000;
inline constexpr std::size_t views_waiting = 5'000;
inline constexpr std::size_t members_at_once = 2'000;  // written in one transaction
// Words and who looked for them, each pair once a day, of one process: five megabytes.
inline constexpr std::size_t searchers_of_a_day = 100'000;
inline constexpr std::int64_t words_per_day = 20'000;  // different ones

}  // namespace picsharz::usage
