// In which order people are suggested.
//
// Threads:   pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "features/suggestions/suggestion.h"

namespace picsharz::suggestions {

struct Ranked {
  AccountId account;
  std::int64_t points = 0;
  ReasonKind kind = ReasonKind::active;
  Hint hint;  // of that kind
};

// Each account once, most points first, of equals the newer account: two for each person in
// between, two for each liked photo, one for each liked label that their photos show; somebody who
// is only active has none. The reason is what brought the most points, and of equals
// the stronger kind.
std::vector<Ranked> rank(const Hints& hints, std::size_t most);

}  // namespace picsharz::suggestions
