// Hours, days and weeks, and what is kept of a search.
//
// Units:     microseconds UTC. A week begins with its Monday.
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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

}  // namespace picsharz::usage
