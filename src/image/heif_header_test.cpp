#include <gtest/gtest.h>

#include <random>

#include "image/test_heif.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

std::string code_of(std::string_view bytes, const Formats& accepted = {}) {
  const auto found = probe_bytes(bytes, accepted);
  return found ? std::string(format_name(found->format)) : found.error().code;
}

std::string size_of(std::string_view bytes) {
  const auto found = probe_bytes(bytes);
  if (!found) return found.error().code;
  return std::to_string(found->width) + "x" + std::to_string(found->height);
}

TEST(HeifHeader, TheCodecOfThePrimaryItemDecides) {
  EXPECT_EQ(code_of(heif_of({})), "heic");
  EXPECT_EQ(code_of(heif_of({.brand = "avif", .codec = "av01"})), "avif");
  EXPECT_EQ(code_of(heif_of({.codec = "av01"})), "avif");  // whatever the brand says
  for (const char* codec : {"avc1", "unci", "jpeg", "j2k1", "vvc1", "iovl", "iden"}) {
    EXPECT_EQ(code_of(heif_of({.codec = codec})), "unsupported_format") << codec;
  }
  for (const char* brand : {"mif1", "isom", "mp42", "jxl ", "mif3"}) {
    EXPECT_EQ(code_of(heif_of({.brand = brand})), "unsupported_format") << brand;
  }
}

TEST(HeifHeader, WhatIsSwitchedOffIsUnsupported) {
  const std::string heic = heif_of({});
  const std::string avif = heif_of({.brand = "avif", .codec = "av01"});
  EXPECT_EQ(code_of(heic, {.avif = true, .heic = false}), "unsupported_format");
  EXPECT_EQ(code_of(avif, {.avif = true, .heic = false}), "avif");
  EXPECT_EQ(code_of(heic, {.avif = false, .heic = true}), "heic");
  EXPECT_EQ(code_of(avif, {.avif = false, .heic = true}), "unsupported_format");
  const auto refused = probe_bytes(heic, {.avif = false, .heic = false});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "This file is not a picture in an accepted format: JPEG, PNG, WebP or GIF.");
}

TEST(HeifHeader, ThePrimaryItemDecidesTheSize) {
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480})), "640x480");
  // Another item, the first of the file, is larger than any cap: it is never decoded.
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480, .other_side = 65'000})), "640x480");
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480, .primary = 9})), "image_corrupt");
}

TEST(HeifHeader, TurnsAndCrops) {
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480, .quarters = 1})), "480x640");
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480, .quarters = 2})), "640x480");
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480, .quarters = 3})), "480x640");
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480, .crop_width = 600, .crop_height = 400})),
            "600x400");
  EXPECT_EQ(size_of(heif_of({.width = 640, .height = 480, .crop_width = 700, .crop_height = 400})),
            "image_corrupt");
}

TEST(HeifHeader, CapsBeforeAPixelIsDecoded) {
  EXPECT_EQ(size_of(heif_of({.width = 8000, .height = 8000})), "8000x8000");
  EXPECT_EQ(size_of(heif_of({.width = 8001, .height = 8000})), "image_too_large");
  EXPECT_EQ(size_of(heif_of({.width = 16385, .height = 10})), "image_too_large");
  EXPECT_EQ(size_of(heif_of({.width = 0, .height = 10})), "image_corrupt");
  EXPECT_EQ(size_of(heif_of({.width = 4'000'000'000, .height = 4'000'000'000})), "image_too_large");
}

TEST(HeifHeader, GridsMustFitTheirTiles) {
  const HeifRecipe grid{.width = 1000, .height = 700, .rows = 2, .columns = 2, .tile_side = 512};
  EXPECT_EQ(size_of(heif_of(grid)), "1000x700");
  EXPECT_EQ(code_of(heif_of(grid)), "heic");
  auto changed = [&](auto change) {
    HeifRecipe recipe = grid;
    change(recipe);
    return size_of(heif_of(recipe));
  };
  EXPECT_EQ(changed([](HeifRecipe& r) { r.columns = 3; }), "1000x700");
  EXPECT_EQ(changed([](HeifRecipe& r) { r.tiles = 3; }), "image_corrupt");
  EXPECT_EQ(changed([](HeifRecipe& r) { r.tile_side = 400; }), "image_corrupt");
  EXPECT_EQ(changed([](HeifRecipe& r) { r.tile_side = 9000; }), "image_too_large");
  EXPECT_EQ(changed([](HeifRecipe& r) { r.tile_side = 6000; }), "image_too_large");  // all of them
  EXPECT_EQ(changed([](HeifRecipe& r) { r.grid_width = 60'000; }), "image_corrupt");
  EXPECT_EQ(changed([](HeifRecipe& r) { r.codec = "unci"; }), "unsupported_format");
}

TEST(HeifHeader, BombsOfBoxesItemsAndNumbersEnd) {
  EXPECT_EQ(code_of(heif_of({.extra_items = 3'000})), "image_too_large");
  EXPECT_EQ(code_of(heif_of({.extra_boxes = 20'000})), "image_too_large");
  EXPECT_EQ(code_of(heif_of({.empty_extents = 400})), "image_too_large");
}

TEST(HeifHeader, TruncatedAnywhereIsRefused) {
  const std::string whole = heif_of({.width = 1000, .height = 700, .rows = 2, .columns = 2});
  for (std::size_t length = 16; length < whole.size(); ++length) {
    EXPECT_NE(code_of(whole.substr(0, length)), "heic") << length;
  }
}

TEST(HeifHeader, MutatedHeadersNeverEscape) {
  const unsigned seed = std::random_device()();
  RecordProperty("seed", static_cast<int>(seed));
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string whole = heif_of({.width = 1000, .height = 700, .rows = 2, .columns = 2});
  for (int round = 0; round < 4'000; ++round) {
    std::string bytes = whole;
    for (unsigned i = random() % 4 + 1; i > 0; --i) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto found = probe_bytes(bytes);
    if (!found) continue;
    EXPECT_GT(found->width, 0);
    EXPECT_LE(std::int64_t{found->width} * found->height, 64'000'000);
  }
}

TEST(GifHeader, CountsFramesWithinTheCaps) {
  const auto still = probe_bytes(gif_of(40, 30, 1));
  ASSERT_TRUE(still);
  EXPECT_EQ(still->format, Format::gif);
  EXPECT_EQ(still->width, 40);
  EXPECT_EQ(still->height, 30);
  EXPECT_EQ(still->frames, 1);
  EXPECT_EQ(probe_bytes(gif_of(40, 30, 300))->frames, 300);
  EXPECT_EQ(code_of(gif_of(40, 30, 301)), "image_too_large");
  EXPECT_EQ(code_of(gif_of(40, 30, 100'000)), "image_too_large");
  EXPECT_EQ(code_of(gif_of(5000, 5000, 4)), "gif");
  EXPECT_EQ(code_of(gif_of(5000, 5000, 5)), "image_too_large");  // 125 megapixels together
  EXPECT_EQ(code_of(gif_of(5001, 5000, 1)), "image_too_large");
  EXPECT_EQ(code_of(gif_of(40, 30, 0)), "image_corrupt");
  EXPECT_EQ(code_of(gif_of(0, 30, 1)), "image_corrupt");
}

TEST(GifHeader, ExtensionBombsEnd) {
  std::string bytes = gif_of(40, 30, 0);
  bytes.pop_back();  // the trailer
  for (int i = 0; i < 20'000; ++i) bytes += std::string("\x21\xfe\0", 3);
  EXPECT_EQ(code_of(bytes), "image_too_large");
}

}  // namespace
}  // namespace picsharz::image
