#include "image/dominant_colours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <span>

namespace picsharz::image {
namespace {

using Pixel = std::array<std::uint8_t, 3>;

constexpr int opaque_from = 128;
// A box whose colours lie this close is one colour: mean squared distance from its mean.
constexpr double one_colour = 36;

// Pixels of similar colour: their mean, and where their colours spread widest.
struct Box {
  std::span<Pixel> pixels;
  std::array<double, 3> mean{};
  double spread = 0;  // squared distances from the mean along `axis`, summed
  std::size_t axis = 0;
};

Box box_of(std::span<Pixel> pixels) {
  Box box{pixels};
  const auto count = static_cast<double>(pixels.size());
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0;
    double squares = 0;
    for (const Pixel& pixel : pixels) {
      sum += pixel[c];
      squares += double{1} * pixel[c] * pixel[c];
    }
    box.mean[c] = sum / count;
    const double spread = squares - sum * sum / count;
    if (spread > box.spread) {
      box.spread = spread;
      box.axis = c;
    }
  }
  return box;
}

bool is_one_colour(const Box& box) {
  return box.spread <= one_colour * static_cast<double>(box.pixels.size());
}

std::vector<Pixel> visible_pixels(const Raster& picture) {
  std::vector<Pixel> pixels;
  const auto bands = static_cast<std::size_t>(picture.bands);
  pixels.reserve(picture.samples.size() / bands);
  for (std::size_t at = 0; at + bands <= picture.samples.size(); at += bands) {
    const std::uint8_t* samples = picture.samples.data() + at;
    if (bands == 4 && samples[3] < opaque_from) continue;
    pixels.push_back({samples[0], samples[1], samples[2]});
  }
  return pixels;
}

}  // namespace

std::vector<Colour> dominant_colours(const Raster& picture) {
  std::vector<Pixel> pixels = visible_pixels(picture);
  if (pixels.empty()) return {};
  std::vector<Box> boxes{box_of(pixels)};
  while (boxes.size() < dominant_colours_max) {
    const auto widest = std::ranges::max_element(boxes, {}, &Box::spread);
    if (is_one_colour(*widest)) break;
    const Box cut = *widest;
    const double middle = cut.mean[cut.axis];
    const auto upper = std::ranges::partition(
        cut.pixels, [&](const Pixel& pixel) { return pixel[cut.axis] <= middle; });
    const auto lower_count = cut.pixels.size() - upper.size();
    *widest = box_of(cut.pixels.first(lower_count));
    boxes.push_back(box_of(cut.pixels.subspan(lower_count)));
  }
  std::ranges::sort(boxes, std::ranges::greater(),
                    [](const Box& box) { return box.pixels.size(); });
  std::vector<Colour> colours;
  for (const Box& box : boxes) {
    const auto channel = [&](std::size_t c) {
      return static_cast<std::uint8_t>(std::lround(box.mean[c]));
    };
    colours.push_back({channel(0), channel(1), channel(2),
                       static_cast<int>(box.pixels.size() * 1000 / pixels.size())});
  }
  return colours;
}

}  // namespace picsharz::image
