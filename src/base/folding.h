// How characters are compared: case, diacritics and width do not count.
//
// What:      src/base/folding.tsv as a table; tools/folding.py writes that file, its first lines
//            describe it.
// Threads:   pure functions; the file is read at the first call.
// Failures:  std::runtime_error for a line that is not as described. A test reads the embedded
//            file, so that fold() does not fail.
#pragma once

#include <string>
#include <string_view>

namespace picsharz {

// The bytes of the file; defined in what tools/embed.py generates.
std::string_view folding_text();

// The next character of UTF-8, taken off the front; a byte that is none is U+FFFD.
char32_t take_character(std::string_view& text);
void append_character(std::string& out, char32_t character);

enum class Fold { letters, nothing, separator };

// What a character is to words: letters are appended to `out`.
Fold fold(char32_t character, std::string& out);

}  // namespace picsharz
