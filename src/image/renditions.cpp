#include "image/renditions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace picsharz::image {

Extent rendition_extent(int width, int height, int size) {
  const bool panorama = width > std::int64_t{3} * height;
  const double box_width = panorama ? 4.0 * size : size;
  const double box_height = panorama ? size / 3.0 : 2.0 * size;
  const double scale = std::min({1.0, box_width / width, box_height / height});
  const auto side = [scale](int original) {
    return std::clamp(static_cast<int>(std::lround(original * scale)), 1, original);
  };
  return {side(width), side(height)};
}

std::vector<PlannedRendition> plan_renditions(int width, int height) {
  std::vector<PlannedRendition> plan;
  for (const int size : {320, 640, 1280}) {
    const Extent extent = rendition_extent(width, height, size);
    const bool grows = plan.empty() || extent.width != plan.back().extent.width ||
                       extent.height != plan.back().extent.height;
    if (grows) plan.push_back({size, extent});
  }
  return plan;
}

Extent full_size_extent(int width, int height) {
  const double pixels = static_cast<double>(width) * height;
  const double scale = std::min(1.0, std::sqrt(static_cast<double>(full_size_pixels) / pixels));
  const auto side = [scale](int original) {
    return std::clamp(static_cast<int>(original * scale), 1, original);
  };
  return {side(width), side(height)};
}

}  // namespace picsharz::image
