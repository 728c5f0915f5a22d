#include "image/renditions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace picsharz::image {
namespace {

std::vector<int> sizes_of(int width, int height) {
  std::vector<int> sizes;
  for (const auto& planned : plan_renditions(width, height)) sizes.push_back(planned.size);
  return sizes;
}

TEST(Renditions, OrdinaryExtents) {
  const Extent wide = rendition_extent(4032, 3024, 640);
  EXPECT_EQ(wide.width, 640);
  EXPECT_EQ(wide.height, 480);
  const Extent tall = rendition_extent(3024, 4032, 1280);
  EXPECT_EQ(tall.width, 1280);
  EXPECT_EQ(tall.height, 1707);
  const Extent strip = rendition_extent(1000, 8000, 320);
  EXPECT_EQ(strip.width, 80);
  EXPECT_EQ(strip.height, 640);
  const Extent panorama = rendition_extent(12'000, 2'000, 320);
  EXPECT_EQ(panorama.width, 640);
  EXPECT_EQ(panorama.height, 107);
  const Extent ribbon = rendition_extent(20'000, 100, 320);
  EXPECT_EQ(ribbon.width, 1280);
  EXPECT_EQ(ribbon.height, 6);
}

TEST(Renditions, OmitsWhatWouldNotBeLarger) {
  EXPECT_EQ(sizes_of(4032, 3024), (std::vector{320, 640, 1280}));
  EXPECT_EQ(sizes_of(641, 400), (std::vector{320, 640, 1280}));
  EXPECT_EQ(sizes_of(640, 400), (std::vector{320, 640}));
  EXPECT_EQ(sizes_of(500, 300), (std::vector{320, 640}));
  EXPECT_EQ(sizes_of(320, 640), (std::vector{320}));
  EXPECT_EQ(sizes_of(300, 300), (std::vector{320}));
  EXPECT_EQ(sizes_of(1, 1), (std::vector{320}));
}

TEST(Renditions, ExtrasAreOfTheSameExtentsAndNotForSmallPictures) {
  const auto list = [](Extra extra, int width, int height) {
    std::string text;
    for (const PlannedRendition& each : plan_extra(extra, width, height)) {
      text += std::to_string(each.size) + "." + std::string(format_name(each.format)) + "/" +
              std::string(format_name(each.with_alpha)) + " " + std::to_string(each.extent.width) +
              "x" + std::to_string(each.extent.height) + " ";
    }
    return text;
  };
  EXPECT_EQ(list(Extra::large, 4032, 3024), "2048.jpeg/webp 2048x1536 ");
  EXPECT_EQ(list(Extra::large, 1300, 900), "2048.jpeg/webp 1300x900 ");
  EXPECT_EQ(list(Extra::large, 1280, 2560), "");
  EXPECT_EQ(list(Extra::large, 12'000, 2'000), "2048.jpeg/webp 4096x683 ");
  EXPECT_EQ(list(Extra::avif, 4032, 3024), "640.avif/avif 640x480 1280.avif/avif 1280x960 ");
  EXPECT_EQ(list(Extra::avif, 500, 300), "640.avif/avif 500x300 ");
  EXPECT_EQ(list(Extra::avif, 320, 320), "");
  EXPECT_EQ(list(Extra::full_size, 30, 20), "0.jpeg/jpeg 30x20 ");
  EXPECT_TRUE(has_large(1281, 900));
  EXPECT_FALSE(has_large(1280, 900));
}

TEST(Renditions, RulesHoldForAnyPicture) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> magnitude(0, std::log(20'000.0));
  for (int round = 0; round < 20'000; ++round) {
    const int width = static_cast<int>(std::exp(magnitude(random)));
    const int height = static_cast<int>(std::exp(magnitude(random)));
    Extent previous;
    for (const PlannedRendition& planned : plan_renditions(width, height)) {
      const int size = planned.size;
      const auto [w, h] = planned.extent;
      const bool panorama = width > 3 * height;
      EXPECT_LE(w, std::min(width, panorama ? 4 * size : size));
      EXPECT_LE(h, std::min(height, panorama ? size / 3 + 1 : 2 * size));
      EXPECT_GE(std::min(w, h), 1);
      EXPECT_TRUE(w > previous.width || h > previous.height);
      // One scale gives both sides, each rounded to the nearest pixel but never to nothing.
      const auto least = [](int side, int of) { return side == 1 ? 0 : (side - 0.5) / of; };
      const auto most = [](int side, int of) { return (side + 0.5) / of; };
      EXPECT_LE(least(w, width), most(h, height));
      EXPECT_LE(least(h, height), most(w, width));
      previous = planned.extent;
    }
  }
}

}  // namespace
}  // namespace picsharz::image
