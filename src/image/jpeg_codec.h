// JPEG by libjpeg-turbo: decoding straight to scaled planes, encoding straight from planes.
//
// Threads:   pure functions.
// Failures:  image_corrupt: a value. libjpeg's errors leave by longjmp inside these functions only,
//            and no exception passes through it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "image/plane.h"
#include "image/probe.h"

namespace picsharz::image {

// A decoded picture: planes of the sizes that the scaled transform gave.
struct ScaledJpeg {
  int width = 0;  // of the original, as stored
  int height = 0;
  Plane y, u, v;
  // How much of each plane the picture covers; the rest is padding of the last block.
  double luma_width = 0, luma_height = 0;
  double chroma_width = 0, chroma_height = 0;
  std::string icc;  // the embedded profile, "" where there is none or it is too large
};

// Decodes a colour JPEG (three components in YCbCr) at the smallest scale of the transform that is
// not smaller than `wanted` (as stored). nullopt: not of that kind, the general path must take it.
Result<std::optional<ScaledJpeg>> decode_jpeg_scaled(std::string_view bytes, Extent wanted);

// A baseline JPEG, chroma halved, without any metadata.
std::string encode_jpeg(const Yuv& picture, int quality);

}  // namespace picsharz::image
