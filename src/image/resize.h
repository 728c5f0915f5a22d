// Resampling of planes: separable, antialiased, 16-bit fixed point, written for vector registers.
//
// Threads:   pure functions.
// Source:    the usual windowed-sinc convolution; weights and sample positions as in libvips and
// PIL.
#pragma once

#include "image/plane.h"

namespace picsharz::image {

enum class Kernel {
  triangle,  // cheap; for chroma and for tiny pictures
  lanczos3,  // sharp; for what people look at
};

// Which part of the source the destination shows, in source samples from the left top corner.
// Subsampled planes end on fractions: 2017 pixels wide, chroma halved, is 1008.5 samples of 1009.
struct Mapping {
  double source_width = 0;
  double source_height = 0;
  double target_width = 0;  // the same extent in destination samples
  double target_height = 0;
  bool flip_x = false;
  bool flip_y = false;
};

// All of `source` onto `width` x `height` samples.
Plane resize(const Plane& source, int width, int height, Kernel kernel);
Plane resize(const Plane& source, int width, int height, Kernel kernel, const Mapping& mapping);

// Halves, thirds, ... all planes of a picture.
Yuv resize(const Yuv& source, int width, int height);

}  // namespace picsharz::image
