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

// Rows become columns. The first frequency is the highest bit.
std::uint64_t transposed(std::uint64_t hash) {
  std::uint64_t turned = 0;
  for (int v = 0; v < kept; ++v) {
    for (int u = 0; u < kept; ++u) {
      const std::uint64_t bit = hash >> (63 - (v * kept + u)) & 1;
      turned |= bit << (63 - (u * kept + v));
    }
  }
  return turned;
}

}  // namespace

std::array<std::uint64_t, 8> hash_turns(std::uint64_t hash) {
  constexpr std::uint64_t columns = 0xaaaaaaaaaaaaaaaa;  // the odd frequencies across
  constexpr std::uint64_t lines = 0xff00ff00ff00ff00;    // and down
  std::array<std::uint64_t, 8> turns{};
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t base = half == 0 ? hash : transposed(hash);
    turns.at(half * 4) = base;
    turns.at(half * 4 + 1) = base ^ columns;
    turns.at(half * 4 + 2) = base ^ lines;
    turns.at(half * 4 + 3) = base ^ columns ^ lines;
  }
  return turns;
}

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
      // What is no frequency but the noise of the arithmetic must not become bits.
      frequencies[v * kept + u] = std::round(sum * 1024);
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
