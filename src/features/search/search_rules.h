// The language of the search field.
//
//     guitar "old harbour" -boat cat OR dog from:mei tag:sunset camera:fuji
//     before:2026-11 after:2025 likes:>10 color:blue is:following
//
// Words:     all must occur. OR stands between two that may replace each other, - before what must
//            not be. Quotation marks keep words together, and so does whatever else than a blank,
//            a comma or a semicolon stands between two. The last word may be the beginning of one.
// Bounds:    units_max things count, phrase_max words of a phrase; the rest is passed over.
// Threads:   pure functions.
// Failures:  invalid_request for an operator whose value cannot be one. Everything else is a query.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "features/search/search.h"

namespace picsharz::search {

inline constexpr std::size_t query_max = 200;  // characters
inline constexpr std::size_t units_max = 12;
inline constexpr std::size_t phrase_max = 16;

Result<Query> parse_query(std::string_view typed);

// Letters that must be added, left out, exchanged with a neighbour or replaced to make one of the
// other; more than two are three. By bytes of what base/words.h gives.
int distance(std::string_view one, std::string_view other);

}  // namespace picsharz::search
