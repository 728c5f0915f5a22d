// Colour arithmetic between the forms a picture takes: RGB, the YCbCr of JPEG, the YCbCr of WebP.
//
// Threads:   pure functions.
// Source:    ITU-R BT.601 as in JFIF (full range) and in RFC 6386 (16..235, 16..240).
#pragma once

#include "image/plane.h"

namespace picsharz::image {

// RGB, chroma repeated where it is halved.
Raster to_raster(const Yuv& picture);
// From RGB; chroma is the mean of each 2x2 block.
Yuv to_yuv(const Raster& rgb);

// Full range to the studio range that WebP stores.
void to_studio_range(Yuv& picture);

// RGBA in four planes, colour multiplied by alpha so that it may be resampled, and back.
struct AlphaPlanes {
  Plane red, green, blue, alpha;
};
AlphaPlanes premultiply(const Raster& rgba);
Raster unpremultiply(const AlphaPlanes& picture);

// True where no pixel is see-through.
bool is_opaque(const Raster& rgba);
// The three colours of RGBA over white.
Raster over_white(const Raster& rgba);
Raster without_alpha(const Raster& rgba);

}  // namespace picsharz::image
