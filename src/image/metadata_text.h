// Text out of a picture's metadata: readable UTF-8 whatever stood there.
//
// Threads:   pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace picsharz::image {

// Up to `max` bytes: UTF-8 as it is, anything else read as Latin-1; control characters become
// spaces, and there are none at either end.
std::string readable_text(std::string_view bytes, std::size_t max);

}  // namespace picsharz::image
