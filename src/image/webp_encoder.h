// WebP, lossy and fast: by an encoder of our own, what is see-through by libwebp.
//
// Threads:   pure functions.
// Failures:  std::bad_alloc; a picture that fits the rendition sizes cannot fail otherwise.
#pragma once

#include <string>

#include "image/plane.h"

namespace picsharz::image {

// From planes in studio range (to_studio_range()).
std::string encode_webp(const Yuv& studio);
// From RGBA; colour that cannot be seen is flattened.
std::string encode_webp(const Raster& rgba);

}  // namespace picsharz::image
