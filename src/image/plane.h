// Planes of 8-bit samples, and the picture in planes that the pipeline works on.
//
// Threads:   plain values; no sharing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace picsharz::image {

// Rows are padded to a multiple of row_align and there are as many bytes behind the last, so that
// loops may work on whole vectors. What the padding holds has no meaning.
struct Plane {
  static constexpr int row_align = 64;

  int width = 0;
  int height = 0;
  int stride = 0;
  std::vector<std::uint8_t> samples;

  Plane() = default;
  Plane(int columns, int rows)
      : width(columns),
        height(rows),
        stride((columns + row_align - 1) / row_align * row_align),
        samples(static_cast<std::size_t>(stride) * static_cast<std::size_t>(rows) + row_align) {}

  std::uint8_t* row(int y) { return samples.data() + static_cast<std::ptrdiff_t>(y) * stride; }
  const std::uint8_t* row(int y) const {
    return samples.data() + static_cast<std::ptrdiff_t>(y) * stride;
  }
};

// BT.601, full range as in JPEG files, chroma halved both ways (rounded up) and centred.
struct Yuv {
  Plane y;
  Plane u;
  Plane v;
};

// Interleaved samples without padding: RGB (3 bands) or RGBA (4, not premultiplied).
struct Raster {
  int width = 0;
  int height = 0;
  int bands = 3;
  std::vector<std::uint8_t> samples;
};

}  // namespace picsharz::image
