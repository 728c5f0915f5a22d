// Words that people use for the same thing: src/features/search/synonyms.txt, a line each.
//
// What:      the file is embedded; its first lines describe it.
// Threads:   pure functions; the file is read at the first call.
// Ownership: the words belong to the table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picsharz::search {

// The bytes of the file; defined in what tools/embed.py generates.
std::string_view synonyms_text();

inline constexpr std::size_t synonyms_max = 5;  // of one word

// The others of the line that has a word with this stem, as they are written; none is common.
std::span<const std::string> synonyms_of(std::string_view stem);

}  // namespace picsharz::search
