#include "vision/sketch.h"

namespace picsharz::vision {

namespace {

// splitmix64 (S. Vigna): the same signs for ever.
std::uint64_t scrambled(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

void hadamard(std::array<std::int32_t, sketch_bits>& values) {
  for (std::size_t half = 1; half < values.size(); half *= 2) {
    for (std::size_t block = 0; block < values.size(); block += 2 * half) {
      for (std::size_t i = block; i < block + half; ++i) {
        const std::int32_t a = values[i];
        const std::int32_t b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}

}  // namespace

// More numbers than bits are folded, each with a sign of its own, so that none is left out.
Sketch sketch_of(std::span<const std::int8_t> embedding) {
  std::array<std::int32_t, sketch_bits> values{};
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    const bool negative = (scrambled(i) & 1) != 0;
    values[i % sketch_bits] += negative ? -embedding[i] : embedding[i];
  }
  hadamard(values);
  Sketch sketch{};
  for (std::size_t i = 0; i < sketch_bits; ++i) {
    if (values[i] > 0) sketch[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  return sketch;
}

}  // namespace picsharz::vision
