// Days and weeks of use, what is kept of a search, and percentiles.
//
// Units:     microseconds UTC. A week begins with its Monday.
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "features/usage/usage.h"
#include "features/usage/usage_limits.h"

namespace picsharz::usage {

Micros hour_of(Micros at);
Micros day_of(Micros at);
Micros monday_of(Micros at);

// The words of a search as they are kept, folded; "" where nothing is: what holds an address or a
// number as long as a telephone's says something of a person.
std::string kept_words(std::string_view typed);
// Whether kept words have a word of somebody's names among them, handles too.
bool tell_of(std::string_view words, std::span<const std::string> names);

// What a label of route_time says: 'feed/2500' is 2500; nullopt where it says nothing.
std::optional<Micros> bound_of(std::string_view label);
// The time that `share` (0.99) of the requests took at most, between the bounds of its bucket; 0
// without any. Buckets: upper bound and count, in the order of the bounds.
Micros percentile(std::span<const std::pair<Micros, std::int64_t>> buckets, double share);

}  // namespace picsharz::usage
