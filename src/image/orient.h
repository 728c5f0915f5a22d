// Turning and mirroring by the eight EXIF orientations.
//
// Threads:   pure functions.
#pragma once

#include "image/plane.h"

namespace picsharz::image {

// How a stored picture becomes the displayed one: mirrored along its own axes first, then, perhaps,
// rows and columns exchanged.
struct Turn {
  bool flip_x = false;
  bool flip_y = false;
  bool transpose = false;
};

// 1..8; anything else is taken as 1.
Turn turn_of(int orientation);

Plane transpose(const Plane& plane);
Raster turn(Raster raster, const Turn& turn);

}  // namespace picsharz::image
