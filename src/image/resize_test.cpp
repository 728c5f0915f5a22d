#include "image/resize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace picsharz::image {
namespace {

Plane noise(int width, int height, unsigned seed) {
  std::mt19937 random(seed);
  Plane plane(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) plane.row(y)[x] = static_cast<std::uint8_t>(random());
  }
  return plane;
}

double lanczos(double x) {
  x = std::abs(x);
  if (x < 1e-9) return 1;
  if (x >= 3) return 0;
  const double pi = std::acos(-1.0);
  return 3 * std::sin(pi * x) * std::sin(pi * x / 3) / (pi * pi * x * x);
}

// The definition, in floating point and without any thought of speed.
double reference(const Plane& plane, double x, double y, double scale_x, double scale_y) {
  double sum = 0;
  double weights = 0;
  const double reach_x = 3 * std::max(1.0, scale_x);
  const double reach_y = 3 * std::max(1.0, scale_y);
  for (int row = static_cast<int>(y - reach_y) - 1; row <= y + reach_y + 1; ++row) {
    for (int column = static_cast<int>(x - reach_x) - 1; column <= x + reach_x + 1; ++column) {
      const double weight =
          lanczos((column + 0.5 - x) * 3 / reach_x) * lanczos((row + 0.5 - y) * 3 / reach_y);
      sum += weight * plane.row(std::clamp(
                          row, 0, plane.height - 1))[std::clamp(column, 0, plane.width - 1)];
      weights += weight;
    }
  }
  return std::clamp(sum / weights, 0.0, 255.0);
}

TEST(Resize, AgreesWithTheDefinition) {
  const Plane source = noise(201, 133, 7);
  for (const auto& [width, height] : {std::pair{128, 85}, {67, 100}, {30, 20}, {201, 60}}) {
    const Plane target = resize(source, width, height, Kernel::lanczos3);
    const double scale_x = 201.0 / width;
    const double scale_y = 133.0 / height;
    double worst = 0;
    for (int y = 0; y < height; y += 3) {
      for (int x = 0; x < width; ++x) {
        const double wanted =
            reference(source, (x + 0.5) * scale_x, (y + 0.5) * scale_y, scale_x, scale_y);
        worst = std::max(worst, std::abs(target.row(y)[x] - wanted));
      }
    }
    EXPECT_LT(worst, 1.2) << width << "x" << height;
  }
}

TEST(Resize, FlatStaysFlat) {
  for (const int level : {0, 1, 16, 127, 128, 200, 254, 255}) {
    Plane source(97, 61);
    std::fill(source.samples.begin(), source.samples.end(), static_cast<std::uint8_t>(level));
    for (const Kernel kernel : {Kernel::lanczos3, Kernel::triangle}) {
      const Plane target = resize(source, 41, 17, kernel);
      for (int y = 0; y < 17; ++y) {
        for (int x = 0; x < 41; ++x) ASSERT_EQ(target.row(y)[x], level);
      }
    }
  }
}

TEST(Resize, MirrorsOnTheWay) {
  const Plane source = noise(90, 50, 3);
  const Mapping straight{90, 50, 45, 20, false, false};
  const Mapping turned{90, 50, 45, 20, true, true};
  const Plane plain = resize(source, 45, 20, Kernel::lanczos3, straight);
  const Plane mirrored = resize(source, 45, 20, Kernel::lanczos3, turned);
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 45; ++x) ASSERT_NEAR(mirrored.row(19 - y)[44 - x], plain.row(y)[x], 1);
  }
}

TEST(Resize, ThinPlanes) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 500}, {500, 1}, {2, 3}}) {
    const Plane source = noise(width, height, 5);
    const Plane target = resize(source, (width + 2) / 3, (height + 2) / 3, Kernel::lanczos3);
    EXPECT_EQ(target.width, (width + 2) / 3);
    EXPECT_EQ(target.height, (height + 2) / 3);
  }
}

}  // namespace
}  // namespace picsharz::image
