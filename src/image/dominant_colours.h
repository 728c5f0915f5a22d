// The few colours that a picture is made of, and how much of it each covers.
//
// Threads:   a pure function.
// Source:    median cut, P. Heckbert, "Color Image Quantization for Frame Buffer Display" (1982),
//            cut at the mean of the widest spread as in X. Wu (1991).
#pragma once

#include <vector>

#include "image/image.h"
#include "image/plane.h"

namespace picsharz::image {

inline constexpr int dominant_colours_max = 5;

// Of RGB or RGBA (what is see-through does not count) of at most a few thousand pixels: the largest
// share first, at most five, fewer where the picture has no more. Shares add up to at most 1000.
std::vector<Colour> dominant_colours(const Raster& picture);

}  // namespace picsharz::image
