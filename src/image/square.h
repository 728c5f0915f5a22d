// Square pictures of people: the middle of a picture, at small sizes.
//
// What:      made of pixels that a decoder process gave out and that were checked: nothing of a
//            file is parsed here, and nothing of its metadata can be in the result.
// Threads:   pure functions.
#pragma once

#include <span>
#include <vector>

#include "image/image.h"

namespace picsharz::image {

// WebP, one of each size in the order given; none is enlarged.
std::vector<Rendition> square_renditions(const Pixels& pixels, std::span<const int> sizes);

}  // namespace picsharz::image
