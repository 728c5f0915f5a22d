// What people type, so that it finds what is written otherwise.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

namespace picsharz::search {

// `typed` with the regular plurals' endings taken off: "guitars" is "guitar", and, as the index
// looks for words that begin so, finds both. It never finds less: what is left is a beginning of
// what was typed. English, as the labels are; "mice" and "wolves" stay.
std::string without_plurals(std::string_view typed);

}  // namespace picsharz::search
