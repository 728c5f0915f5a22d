// One text packed as gzip has it (RFC 1952), for an answer that is made anew each time, and back.
//
// What:      the fastest level: twenty photos take some tens of microseconds, and become a quarter.
// Threads:   any; each keeps its own working memory (about 270 KB) once it has packed something.
// Failures:  std::bad_alloc; gunzip() says nullopt.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace picsharz::zip {

std::string gzip(std::string_view text);

// nullopt: it is not one text packed so and nothing else, or is of more than `most` bytes.
std::optional<std::string> gunzip(std::string_view packed, std::size_t most);

}  // namespace picsharz::zip
