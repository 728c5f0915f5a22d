#include "image/renditions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace picsharz::image {
namespace {

constexpr int large_size = 2048;
constexpr int mail_size = 320;

bool same(Extent a, Extent b) { return a.width == b.width && a.height == b.height; }

Extent full_size_extent(int width, int height) {
  const double pixels = static_cast<double>(width) * height;
  const double scale = std::min(1.0, std::sqrt(static_cast<double>(full_size_pixels) / pixels));
  const auto side = [scale](int original) {
    return std::clamp(static_cast<int>(original * scale), 1, original);
  };
  return {side(width), side(height)};
}

}  // namespace

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
    if (!plan.empty() && same(extent, plan.back().extent)) continue;
    plan.push_back({size, extent, size == 1280 ? Format::jpeg : Format::webp});
  }
  return plan;
}

bool has_large(int width, int height) {
  return !same(rendition_extent(width, height, large_size), rendition_extent(width, height, 1280));
}

std::vector<PlannedRendition> plan_extra(Extra extra, int width, int height) {
  std::vector<PlannedRendition> plan;
  switch (extra) {
    case Extra::full_size:
      plan.push_back({0, full_size_extent(width, height), Format::jpeg, Format::jpeg});
      break;
    case Extra::large:
      if (has_large(width, height)) {
        plan.push_back(
            {large_size, rendition_extent(width, height, large_size), Format::jpeg, Format::webp});
      }
      break;
    case Extra::avif:
      for (const PlannedRendition& each : plan_renditions(width, height)) {
        if (each.size < 640) continue;
        plan.push_back({each.size, each.extent, Format::avif, Format::avif});
      }
      break;
    case Extra::mail:
      plan.push_back(
          {mail_size, rendition_extent(width, height, mail_size), Format::jpeg, Format::jpeg});
      break;
  }
  return plan;
}

}  // namespace picsharz::image
