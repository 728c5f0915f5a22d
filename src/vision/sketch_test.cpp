#include "vision/sketch.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

#include "vision/embedding.h"

namespace picsharz::vision {
namespace {

int distance(const Sketch& a, const Sketch& b) {
  int bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i) bits += std::popcount(a[i] ^ b[i]);
  return bits;
}

std::vector<float> direction(std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> numbers(1280);
  for (float& number : numbers) number = normal(random);
  return numbers;
}

// 512 * angle / pi, give or take five deviations.
TEST(Sketch, BitsDifferInProportionToTheAngle) {
  std::mt19937 random(7);
  for (const double wanted : {0.95, 0.8, 0.5, 0.0}) {
    const auto a = direction(random);
    auto b = direction(random);
    const auto other = static_cast<float>(std::sqrt(1 - wanted * wanted));
    for (std::size_t i = 0; i < a.size(); ++i)
      b[i] = static_cast<float>(wanted) * a[i] + other * b[i];
    const Embedding first = embedding_of(a);
    const Embedding second = embedding_of(b);
    const double expected = 512 * std::acos(cosine(first, second)) / 3.14159265;
    EXPECT_NEAR(distance(sketch_of(first), sketch_of(second)), expected, 55) << wanted;
  }
}

// They are stored.
TEST(Sketch, IsTheSameForEver) {
  const std::vector<std::int8_t> numbers{3, -1, 4, 1, -5, 9, 2, -6};
  EXPECT_EQ(sketch_of(numbers)[0], 0xa1a1a1a1a1a1a1a1u);
}

}  // namespace
}  // namespace picsharz::vision
