// A month of a community in memory: who follows whom, who uploads what when, who likes it.
//
// What:      plain numbers drawn from a seed; bench/month.h writes them to a database. The follow
//            graph is a power law on both sides: a mean of about 30, some with thousands; or it is
//            given, and then who is followed more uploads, too.
// Memory:    about 100 bytes a photo.
// Threads:   plain values.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "features/photos/photo.h"

namespace picsharz::bench {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

struct Scale {
  int people = 40'000;
  int photos = 360'000;
  int likes = 400'000;  // drawn; a pair drawn twice counts once
  std::uint64_t seed = 1;
  std::vector<Pair> friends = {};  // each follows the other; instead of a drawn graph
};

struct Person {
  bool is_private = false;
  std::int64_t photos = 0;  // published, public ones
  std::int64_t followers = 0;
  std::int64_t following = 0;
};

struct Shot {
  std::uint32_t owner = 0;
  Micros at = 0;  // after the beginning of the month
  photos::Visibility visibility = photos::Visibility::everyone;
  photos::PhotoState state = photos::PhotoState::published;
  std::int64_t likes = 0;
};

struct Population {
  std::vector<Person> people;
  std::vector<Shot> shots;    // oldest first
  std::vector<Pair> follows;  // follower, followee; sorted
  std::vector<Pair> likes;    // shot, person; sorted
};

inline constexpr Micros month = 30 * day;

Population draw_population(const Scale& scale);

}  // namespace picsharz::bench
