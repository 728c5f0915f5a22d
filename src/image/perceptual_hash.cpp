#include "image/perceptual_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "image/resize.h"

namespace picsharz::image {
namespace {

constexpr int side = 32;
constexpr int kept = 8;  // frequencies 1..8 both ways

using Cosines = std::array<std::array<double, side>, kept>;

Cosines make_cosines() {
  Cosines table{};
  for (int k = 0; k < kept; ++k) {
    for (int x = 0; x < side; ++x) {
      table.at(static_cast<std::size_t>(k)).at(static_cast<std::size_t>(x)) =
          std::cos(std::numbers::pi * (k + 1) * (2 * x + 1) / (2 * side));
    }
  }
  return table;
}

}  // namespace

std::uint64_t perceptual_hash(const Plane& luma) {
  static const Cosines cosines = make_cosines();
  const Plane small = resize(luma, side, side, Kernel::triangle);
  // The DCT in two passes, rows first.
  std::array<std::array<double, kept>, side> rows{};
  for (std::size_t y = 0; y < side; ++y) {
    const std::uint8_t* samples = small.row(static_cast<int>(y));
    for (std::size_t k = 0; k < kept; ++k) {
      for (std::size_t x = 0; x < side; ++x) rows[y][k] += cosines[k][x] * samples[x];
    }
  }
  std::array<double, kept * kept> frequencies{};
  for (std::size_t v = 0; v < kept; ++v) {
    for (std::size_t u = 0; u < kept; ++u) {
      double sum = 0;
      for (std::size_t y = 0; y < side; ++y) sum += cosines[v][y] * rows[y][u];
      frequencies[v * kept + u] = sum;
    }
  }
  auto sorted = frequencies;
  std::ranges::nth_element(sorted, sorted.begin() + sorted.size() / 2);
  const double median = sorted[sorted.size() / 2];
  std::uint64_t hash = 0;
  for (const double frequency : frequencies) hash = hash << 1 | (frequency > median ? 1U : 0U);
  return hash;
}

}  // namespace picsharz::image
