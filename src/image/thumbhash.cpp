#include "image/thumbhash.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace picsharz::image {
namespace {

constexpr int channel_count = 4;  // luminance, yellow-blue, red-green, alpha

using Channels = std::array<std::vector<double>, channel_count>;

// Halves go up, as in the reference.
int round_up(double value) { return static_cast<int>(std::floor(value + 0.5)); }

// Samples are multiplied by alpha / 255 in this order everywhere: that gives the reference's very
// bits, and a tie rounded the other way would be another hash.
struct Pixel {
  double alpha;
  double red, green, blue;  // alpha applied
};

Pixel pixel_at(const Raster& picture, std::size_t index) {
  const std::uint8_t* samples =
      picture.samples.data() + index * static_cast<std::size_t>(picture.bands);
  const double alpha = picture.bands == 4 ? samples[3] / 255.0 : 1.0;
  const double unit = alpha / 255;
  return {alpha, unit * samples[0], unit * samples[1], unit * samples[2]};
}

struct Average {
  double red = 0, green = 0, blue = 0;
  double alpha = 0;  // the sum over all pixels
};

Average average_of(const Raster& picture, std::size_t pixels) {
  Average average;
  for (std::size_t i = 0; i < pixels; ++i) {
    const Pixel pixel = pixel_at(picture, i);
    average.red += pixel.red;
    average.green += pixel.green;
    average.blue += pixel.blue;
    average.alpha += pixel.alpha;
  }
  if (average.alpha > 0) {
    average.red /= average.alpha;
    average.green /= average.alpha;
    average.blue /= average.alpha;
  }
  return average;
}

// See-through pixels are laid over the average colour.
Channels split(const Raster& picture, std::size_t pixels, const Average& average) {
  Channels channels;
  for (auto& channel : channels) channel.resize(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    const Pixel pixel = pixel_at(picture, i);
    const double red = average.red * (1 - pixel.alpha) + pixel.red;
    const double green = average.green * (1 - pixel.alpha) + pixel.green;
    const double blue = average.blue * (1 - pixel.alpha) + pixel.blue;
    channels[0][i] = (red + green + blue) / 3;
    channels[1][i] = (red + green) / 2 - blue;
    channels[2][i] = red - green;
    channels[3][i] = pixel.alpha;
  }
  return channels;
}

struct Encoded {
  double constant = 0;
  double scale = 0;
  std::vector<double> varying;  // 0..1
};

constexpr std::size_t frequencies_max = 8;
using Frequencies = std::array<double, frequencies_max>;

// The cosines of the first frequencies at each of `length` places.
std::vector<Frequencies> cosines_of(int length, int frequencies) {
  std::vector<Frequencies> all(static_cast<std::size_t>(length));
  for (int frequency = 0; frequency < frequencies; ++frequency) {
    for (std::size_t at = 0; at < all.size(); ++at) {
      all[at].at(static_cast<std::size_t>(frequency)) =
          std::cos(std::numbers::pi / length * frequency * (static_cast<double>(at) + 0.5));
    }
  }
  return all;
}

// The triangle of low frequencies of the two-dimensional cosine transform. Those of a row are
// summed up side by side, each in the reference's order.
Encoded transform(const std::vector<double>& channel, int width, int height, int nx, int ny) {
  Encoded encoded;
  const std::vector<Frequencies> across = cosines_of(width, nx);
  const std::vector<Frequencies> down = cosines_of(height, ny);
  for (int cy = 0; cy < ny; ++cy) {
    Frequencies sums{};
    const double* sample = channel.data();
    for (const Frequencies& row : down) {
      const double cosine = row.at(static_cast<std::size_t>(cy));
      for (const Frequencies& column : across) {
        for (std::size_t cx = 0; cx < frequencies_max; ++cx) {
          sums[cx] += *sample * column[cx] * cosine;
        }
        ++sample;
      }
    }
    for (int cx = 0; cx * ny < nx * (ny - cy); ++cx) {
      const double sum = sums.at(static_cast<std::size_t>(cx)) / (width * height);
      if (cx == 0 && cy == 0) {
        encoded.constant = sum;
      } else {
        encoded.varying.push_back(sum);
        encoded.scale = std::max(encoded.scale, std::abs(sum));
      }
    }
  }
  if (encoded.scale > 0) {
    for (double& value : encoded.varying) value = 0.5 + 0.5 / encoded.scale * value;
  }
  return encoded;
}

// Numbers of 4 bits, the lower half of a byte first.
void append_varying(const std::vector<Encoded>& channels, std::string& hash) {
  bool low = true;
  for (const Encoded& channel : channels) {
    for (const double value : channel.varying) {
      const int nibble = round_up(15 * value);
      if (low) {
        hash.push_back(static_cast<char>(nibble));
      } else {
        hash.back() = static_cast<char>(static_cast<unsigned char>(hash.back()) | nibble << 4);
      }
      low = !low;
    }
  }
}

}  // namespace

std::string thumbhash(const Raster& picture) {
  const int width = picture.width;
  const int height = picture.height;
  assert(width >= 1 && height >= 1 && width <= thumbhash_side && height <= thumbhash_side);
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  const Average average = average_of(picture, pixels);
  const bool alpha = average.alpha < static_cast<double>(pixels);
  const Channels channels = split(picture, pixels, average);

  const double limit = alpha ? 5 : 7;  // alpha takes the place of some luminance
  const int longer = std::max(width, height);
  const int lx = std::max(1, round_up(limit * width / longer));
  const int ly = std::max(1, round_up(limit * height / longer));
  std::vector<Encoded> encoded{
      transform(channels[0], width, height, std::max(3, lx), std::max(3, ly)),
      transform(channels[1], width, height, 3, 3), transform(channels[2], width, height, 3, 3)};
  if (alpha) encoded.push_back(transform(channels[3], width, height, 5, 5));

  const int landscape = width > height ? 1 : 0;
  const int first = round_up(63 * encoded[0].constant) |
                    round_up(31.5 + 31.5 * encoded[1].constant) << 6 |
                    round_up(31.5 + 31.5 * encoded[2].constant) << 12 |
                    round_up(31 * encoded[0].scale) << 18 | (alpha ? 1 : 0) << 23;
  const int second = (landscape ? ly : lx) | round_up(63 * encoded[1].scale) << 3 |
                     round_up(63 * encoded[2].scale) << 9 | landscape << 15;
  std::string hash{static_cast<char>(first), static_cast<char>(first >> 8),
                   static_cast<char>(first >> 16), static_cast<char>(second),
                   static_cast<char>(second >> 8)};
  if (alpha) {
    hash.push_back(static_cast<char>(round_up(15 * encoded[3].constant) |
                                     round_up(15 * encoded[3].scale) << 4));
  }
  append_varying(encoded, hash);
  return hash;
}

}  // namespace picsharz::image
