#include "image/square.h"

#include <algorithm>
#include <cstddef>

#include "image/colour.h"
#include "image/resize.h"
#include "image/webp_encoder.h"

namespace picsharz::image {

namespace {

Raster middle(const Pixels& pixels) {
  const int side = std::min(pixels.width, pixels.height);
  const auto left = static_cast<std::size_t>((pixels.width - side) / 2);
  const auto top = static_cast<std::size_t>((pixels.height - side) / 2);
  const std::size_t row = 3 * static_cast<std::size_t>(side);
  Raster square{.width = side, .height = side, .bands = 3, .samples = {}};
  square.samples.reserve(row * static_cast<std::size_t>(side));
  for (std::size_t y = 0; y < static_cast<std::size_t>(side); ++y) {
    const auto* from =
        pixels.rgb.data() + 3 * ((top + y) * static_cast<std::size_t>(pixels.width) + left);
    square.samples.insert(square.samples.end(), from, from + row);
  }
  return square;
}

}  // namespace

std::vector<Rendition> square_renditions(const Pixels& pixels, std::span<const int> sizes) {
  const Raster square = middle(pixels);
  const Yuv planes = to_yuv(square);
  std::vector<Rendition> made;
  for (const int size : sizes) {
    const int side = std::min(size, square.width);
    Yuv small = side == square.width ? planes : resize(planes, side, side);
    to_studio_range(small);
    made.push_back({size, Format::webp, side, side, encode_webp(small)});
  }
  return made;
}

}  // namespace picsharz::image
