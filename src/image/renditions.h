// Which renditions a picture gets.
//
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "image/probe.h"

namespace picsharz::image {

struct PlannedRendition {
  int size = 0;  // 320, 640, 1280
  Extent extent;
  Format format = Format::webp;
  Format with_alpha = Format::webp;  // of a picture that is see-through
};

// The renditions of a picture of width x height as it is displayed, smallest first. There is always
// a 320: a smaller picture has it at its own dimensions. A 640 or 1280 is left out where its extent
// would be that of the size before it, because renditions are never enlarged: 500x300 gives 320 and
// 640 (at 500x300), 300x300 gives 320 alone.
std::vector<PlannedRendition> plan_renditions(int width, int height);

// A download has at most so many pixels: what a decoder holds in its memory at once.
inline constexpr std::int64_t full_size_pixels = 40'000'000;

// Whether the 2048 shows more of it than the 1280.
bool has_large(int width, int height);

// What an extra consists of, smallest first; nothing where the picture is too small for it.
std::vector<PlannedRendition> plan_extra(Extra extra, int width, int height);

}  // namespace picsharz::image
