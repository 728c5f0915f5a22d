// What pages need of other rooms: fewer bytes on the wire.
//
// Threads:   any.
#pragma once

#include <string>
#include <string_view>

namespace picsharz::pages {

// As gzip has it.
std::string packed(std::string_view document);

}  // namespace picsharz::pages
