#include "vision/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace picsharz::vision {

namespace {

constexpr int channels = 3;
constexpr float letterbox_grey = 114;
constexpr float half_range = 127.5F;

// Where one row or column of the target lies in the source: between `low` and `high`.
struct Tap {
  int low;
  int high;
  float weight;  // of high
};

Tap tap_at(float position, int source) {
  const float inside = std::clamp(position, 0.0F, static_cast<float>(source - 1));
  const int low = static_cast<int>(inside);
  return {low, std::min(low + 1, source - 1), inside - static_cast<float>(low)};
}

// TensorFlow's align_corners: the first pixel on the first, the last on the last.
std::vector<Tap> taps_on_corners(int source, int target) {
  const float step =
      target > 1 ? static_cast<float>(source - 1) / static_cast<float>(target - 1) : 0.0F;
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(target));
  for (int i = 0; i < target; ++i) taps.push_back(tap_at(static_cast<float>(i) * step, source));
  return taps;
}

// Pixels are areas: centre on centre.
std::vector<Tap> taps_on_centres(int source, int target) {
  const float step = static_cast<float>(source) / static_cast<float>(target);
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(target));
  for (int i = 0; i < target; ++i) {
    taps.push_back(tap_at((static_cast<float>(i) + 0.5F) * step - 0.5F, source));
  }
  return taps;
}

// A square of planar floats and the place in it where the picture goes.
struct Target {
  std::vector<float>& planes;
  int side;
  int left;
  int top;
};

void resize_into(const Target& target, const image::Pixels& pixels, const std::vector<Tap>& columns,
                 const std::vector<Tap>& rows, float factor) {
  const std::size_t plane = static_cast<std::size_t>(target.side) * target.side;
  const std::size_t stride = static_cast<std::size_t>(pixels.width) * channels;
  for (std::size_t y = 0; y < rows.size(); ++y) {
    const std::uint8_t* above = pixels.rgb.data() + stride * rows[y].low;
    const std::uint8_t* below = pixels.rgb.data() + stride * rows[y].high;
    const float down = rows[y].weight;
    float* out = target.planes.data() + (target.top + y) * target.side + target.left;
    for (const Tap& tap : columns) {
      const std::size_t low = static_cast<std::size_t>(tap.low) * channels;
      const std::size_t high = static_cast<std::size_t>(tap.high) * channels;
      for (std::size_t c = 0; c < channels; ++c) {
        const float a = above[low + c], b = above[high + c];
        const float p = below[low + c], q = below[high + c];
        const float upper = a + (b - a) * tap.weight;
        const float lower = p + (q - p) * tap.weight;
        out[c * plane] = (upper + (lower - upper) * down) * factor;
      }
      ++out;
    }
  }
}

std::vector<float> stretch(const image::Pixels& pixels, int side) {
  std::vector<float> planes(static_cast<std::size_t>(side) * side * channels);
  resize_into({planes, side, 0, 0}, pixels, taps_on_corners(pixels.width, side),
              taps_on_corners(pixels.height, side), 1.0F / 255);
  return planes;
}

// The length of one side inside the square; a sliver keeps one row.
int fitted(int length, int longest, int side) {
  return std::max(1, static_cast<int>(std::lround(static_cast<double>(length) * side / longest)));
}

std::vector<float> letterbox(const image::Pixels& pixels, int side) {
  const int longest = std::max(pixels.width, pixels.height);
  const int width = fitted(pixels.width, longest, side);
  const int height = fitted(pixels.height, longest, side);
  std::vector<float> planes(static_cast<std::size_t>(side) * side * channels, letterbox_grey);
  resize_into({planes, side, (side - width) / 2, (side - height) / 2}, pixels,
              taps_on_centres(pixels.width, width), taps_on_centres(pixels.height, height), 1);
  return planes;
}

// Those taps of the whole picture that the square from the middle needs.
std::vector<Tap> middle_taps(int source, int shortest, int side) {
  const double scale = static_cast<double>(std::lround(side * 8 / 7.0)) / shortest;
  const int whole = std::max(side, static_cast<int>(std::floor(source * scale + 0.5)));
  const std::vector<Tap> taps = taps_on_centres(source, whole);
  const auto first = taps.begin() + (whole - side) / 2;
  return {first, first + side};
}

std::vector<float> crop(const image::Pixels& pixels, int side) {
  const int shortest = std::min(pixels.width, pixels.height);
  std::vector<float> planes(static_cast<std::size_t>(side) * side * channels);
  resize_into({planes, side, 0, 0}, pixels, middle_taps(pixels.width, shortest, side),
              middle_taps(pixels.height, shortest, side), 1 / half_range);
  for (float& value : planes) value -= 1;
  return planes;
}

}  // namespace

std::vector<float> preprocess(const image::Pixels& pixels, Preprocessing how, int side) {
  if (pixels.width < 1 || pixels.height < 1 || side < 1 ||
      pixels.rgb.size() < static_cast<std::size_t>(pixels.width) * pixels.height * channels) {
    throw std::invalid_argument("a picture without pixels cannot be classified");
  }
  switch (how) {
    case Preprocessing::stretch_unit:
      return stretch(pixels, side);
    case Preprocessing::letterbox_bytes:
      return letterbox(pixels, side);
    case Preprocessing::crop_signed:
      return crop(pixels, side);
  }
  return {};
}

}  // namespace picsharz::vision
