// ThumbHash: a picture in about 25 bytes, to show before the picture is there.
//
// Threads:   a pure function.
// Source:    ThumbHash by Evan Wallace (https://evanw.github.io/thumbhash/, MIT licence), written
//            anew from its description; the bytes are those of its reference implementation 0.1.1.
#pragma once

#include <string>

#include "image/plane.h"

namespace picsharz::image {

inline constexpr int thumbhash_side = 100;          // a picture to hash is at most 100x100
inline constexpr std::size_t thumbhash_bytes = 25;  // and no hash is longer

// The hash of an RGB or RGBA picture (not premultiplied) of at most 100x100 pixels and at least
// 1x1.
std::string thumbhash(const Raster& picture);

}  // namespace picsharz::image
