// The pictures that a decoder process decodes before it serves.
//
// Threads:   a pure function.
#pragma once

#include <string_view>

#include "image/image.h"

namespace picsharz::image {

// A whole file; "" of the formats that this program can encode (JPEG, WebP).
std::string_view warm_up_picture(Format format);

}  // namespace picsharz::image
