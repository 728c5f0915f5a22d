#include "image/perceptual_hash.h"

#include <gtest/gtest.h>

#include "image/colour.h"
#include "image/dominant_colours.h"
#include "image/pipeline.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

Developed developed_of(const std::string& bytes) {
  const auto found = probe_bytes(bytes);
  EXPECT_TRUE(found);
  auto developed = develop_picture(bytes, *found);
  EXPECT_TRUE(developed);
  return *std::move(developed);
}

Raster flat(int width, int height, const Colour& colour) {
  Raster raster{width, height, 3, {}};
  for (int i = 0; i < width * height; ++i) {
    raster.samples.insert(raster.samples.end(), {colour.red, colour.green, colour.blue});
  }
  return raster;
}

TEST(PerceptualHash, SurvivesScalingCompressionAndBrightness) {
  const std::uint64_t hash = developed_of(jpeg_of(scene(1200, 800))).phash;
  EXPECT_LE(hash_distance(hash, developed_of(jpeg_of(scene(300, 200))).phash), 6);
  EXPECT_LE(hash_distance(hash, developed_of(jpeg_of(scene(1200, 800), 30)).phash), 6);
  EXPECT_LE(hash_distance(hash, developed_of(png_of(scene(1200, 800))).phash), 6);
  Raster dark = scene(1200, 800);
  for (std::uint8_t& sample : dark.samples) sample = static_cast<std::uint8_t>(sample * 3 / 4);
  EXPECT_LE(hash_distance(hash, developed_of(jpeg_of(dark)).phash), 6);
}

TEST(PerceptualHash, DiffersForOtherPicturesAndOtherTurns) {
  const std::uint64_t hash = developed_of(jpeg_of(scene(1200, 800))).phash;
  for (const int orientation : {2, 3, 4}) {
    const Raster other = stored_scene(1200, 800, orientation);
    EXPECT_GT(hash_distance(hash, developed_of(jpeg_of(other)).phash), 16) << orientation;
    // With the orientation in its EXIF it is displayed as the first is: the same picture.
    EXPECT_LE(hash_distance(hash, developed_of(with_exif(jpeg_of(other), orientation)).phash), 6);
  }
}

TEST(PerceptualHash, KnowsThePictureInItsFlipsAndTurns) {
  const std::uint64_t hash = developed_of(jpeg_of(scene(1200, 800))).phash;
  const std::uint64_t other = developed_of(jpeg_of(stored_scene(1200, 800, 1))).phash;
  EXPECT_EQ(hash_turns(hash)[0], hash);
  EXPECT_LE(hash_distance(hash, other), 6);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::uint64_t turned = developed_of(jpeg_of(stored_scene(1200, 800, orientation))).phash;
    int nearest = 64;
    for (const std::uint64_t turn : hash_turns(turned)) {
      nearest = std::min(nearest, hash_distance(turn, hash));
    }
    EXPECT_LE(nearest, 10) << orientation;
  }
}

TEST(PerceptualHash, OfNextToNothingFewBitsAreSet) {
  Raster halves{0, 0, 3, {}};
  halves.width = 700;
  halves.height = 500;
  for (int i = 0; i < 700 * 500; ++i) {
    const std::uint8_t tone = i % 700 < 350 ? 90 : 240;
    halves.samples.insert(halves.samples.end(), {tone, tone, tone});
  }
  EXPECT_LT(std::popcount(perceptual_hash(to_yuv(halves).y)), 12);
  EXPECT_GE(std::popcount(developed_of(jpeg_of(scene(1200, 800))).phash), 24);
}

TEST(PerceptualHash, TinyAndFlatPicturesHaveOne) {
  EXPECT_EQ(perceptual_hash(to_yuv(flat(1, 1, {9, 9, 9, 0})).y),
            perceptual_hash(to_yuv(flat(40, 30, {9, 9, 9, 0})).y));
}

TEST(DominantColours, OfAFlatPictureThereIsOne) {
  const auto colours = dominant_colours(flat(30, 20, {200, 30, 40, 0}));
  ASSERT_EQ(colours.size(), 1U);
  EXPECT_EQ(colours[0].red, 200);
  EXPECT_EQ(colours[0].green, 30);
  EXPECT_EQ(colours[0].blue, 40);
  EXPECT_EQ(colours[0].share, 1000);
}

TEST(DominantColours, LargestShareFirst) {
  Raster stripes{0, 0, 3, {}};
  stripes.width = 10;
  stripes.height = 10;
  for (int i = 0; i < 100; ++i) {
    const Colour colour = i < 60   ? Colour{10, 10, 200, 0}
                          : i < 90 ? Colour{240, 240, 10, 0}
                                   : Colour{0, 160, 60, 0};
    stripes.samples.insert(stripes.samples.end(), {colour.red, colour.green, colour.blue});
  }
  const auto colours = dominant_colours(stripes);
  ASSERT_EQ(colours.size(), 3U);
  EXPECT_EQ(colours[0].share, 600);
  EXPECT_EQ(colours[0].blue, 200);
  EXPECT_EQ(colours[1].share, 300);
  EXPECT_EQ(colours[1].red, 240);
  EXPECT_EQ(colours[2].share, 100);
  EXPECT_EQ(colours[2].green, 160);
}

TEST(DominantColours, WhatIsSeeThroughDoesNotCount) {
  Raster picture{2, 1, 4, {255, 0, 0, 255, 0, 255, 0, 0}};
  const auto colours = dominant_colours(picture);
  ASSERT_EQ(colours.size(), 1U);
  EXPECT_EQ(colours[0].red, 255);
  EXPECT_TRUE(dominant_colours({1, 1, 4, {1, 2, 3, 0}}).empty());
}

TEST(DominantColours, AreMadeByTheOneDecode) {
  for (const std::string& bytes : {jpeg_of(scene(500, 300)), png_of(scene(500, 300, 4))}) {
    const Developed developed = developed_of(bytes);
    EXPECT_GE(developed.colours.size(), 2U);
    EXPECT_LE(developed.colours.size(), 5U);
    int total = 0;
    for (const Colour& colour : developed.colours) total += colour.share;
    EXPECT_LE(total, 1000);
    EXPECT_GE(total, 995);
  }
}

}  // namespace
}  // namespace picsharz::image
