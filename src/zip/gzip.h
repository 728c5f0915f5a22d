// One text packed as gzip has it (RFC 1952), for an answer that is made anew each time.
//
// What:      the fastest level: twenty photos take some tens of microseconds, and become a quarter.
// Threads:   any; each keeps its own working memory (about 270 KB) once it has packed something.
// Failures:  std::bad_alloc.
#pragma once

#include <string>
#include <string_view>

namespace picsharz::zip {

std::string gzip(std::string_view text);

}  // namespace picsharz::zip
