#include "image/orient.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace picsharz::image {

Turn turn_of(int orientation) {
  switch (orientation) {
    case 2:
      return {true, false, false};
    case 3:
      return {true, true, false};
    case 4:
      return {false, true, false};
    case 5:
      return {false, false, true};
    case 6:
      return {false, true, true};
    case 7:
      return {true, true, true};
    case 8:
      return {true, false, true};
    default:
      return {};
  }
}

Plane transpose(const Plane& plane) {
  constexpr int tile = 32;  // both tiles stay in the first-level cache
  Plane turned(plane.height, plane.width);
  for (int top = 0; top < plane.height; top += tile) {
    for (int left = 0; left < plane.width; left += tile) {
      const int bottom = std::min(top + tile, plane.height);
      const int right = std::min(left + tile, plane.width);
      for (int x = left; x < right; ++x) {
        std::uint8_t* out = turned.row(x);
        const std::uint8_t* in = plane.row(top) + x;
        for (int y = top; y < bottom; ++y, in += plane.stride) out[y] = *in;
      }
    }
  }
  return turned;
}

Raster turn(Raster raster, const Turn& turn) {
  if (!turn.flip_x && !turn.flip_y && !turn.transpose) return raster;
  Raster turned{raster.width, raster.height, raster.bands, {}};
  if (turn.transpose) std::swap(turned.width, turned.height);
  turned.samples.resize(raster.samples.size());
  const auto bands = static_cast<std::size_t>(raster.bands);
  std::uint8_t* out = turned.samples.data();
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x, out += bands) {
      int column = turn.transpose ? y : x;
      int row = turn.transpose ? x : y;
      if (turn.flip_x) column = raster.width - 1 - column;
      if (turn.flip_y) row = raster.height - 1 - row;
      const auto pixel = static_cast<std::size_t>(row) * static_cast<std::size_t>(raster.width) +
                         static_cast<std::size_t>(column);
      std::memcpy(out, raster.samples.data() + pixel * bands, bands);
    }
  }
  return turned;
}

}  // namespace picsharz::image
