// The picture for downloads: size, colour profile, copyright, and nothing of the file.
#include <gtest/gtest.h>

#include "image/copyright.h"
#include "image/metadata.h"
#include "image/pipeline.h"
#include "image/renditions.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

Rendition full_size(const std::string& bytes) {
  const auto probe = probe_bytes(bytes);
  EXPECT_TRUE(probe);
  auto made = encode_extra(bytes, *probe, Extra::full_size);
  EXPECT_TRUE(made);
  EXPECT_EQ(made->size(), 1U);
  return std::move(made->front());
}

Extent full_size_extent(int width, int height) {
  return plan_extra(Extra::full_size, width, height).front().extent;
}

TEST(FullSize, KeepsThePictureAndItsSizeInEveryOrientation) {
  const Raster upright = scene(300, 200);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Rendition made =
        full_size(with_exif(jpeg_of(stored_scene(300, 200, orientation)), orientation));
    EXPECT_EQ(made.width, 300);
    EXPECT_EQ(made.height, 200);
    const Raster shown = decode(made.bytes);
    ASSERT_EQ(shown.width, 300) << orientation;
    EXPECT_LT(mean_difference(shown, upright), 8) << orientation;
  }
  const Rendition png = full_size(png_of(upright));
  EXPECT_EQ(png.format, Format::jpeg);
  EXPECT_LT(mean_difference(decode(png.bytes), upright), 8);
}

TEST(FullSize, HasAProfileAndNothingOfTheFile) {
  std::string source = with_exif(jpeg_of(scene(640, 480)), 1);
  source = with_segment(source, 0xe1, "http://ns.adobe.com/xap/1.0/ the owner's secret");
  source = with_segment(source, 0xfe, "a comment") + "behind the end";
  const std::string made = full_size(source).bytes;
  EXPECT_TRUE(made.contains("ICC_PROFILE"));
  for (const char* secret : {"Exif", "adobe", "secret", "comment", "behind"}) {
    EXPECT_FALSE(made.contains(secret)) << secret;
  }
}

TEST(FullSize, CarriesTheCopyrightNoticeAndOnlyIt) {
  const std::string made = full_size(jpeg_of(scene(64, 48))).bytes;
  for (const std::string notice : {"(c) Mei Tan", "x", "J\xc3\xbcrgen, alle Rechte"}) {
    const std::string marked = with_copyright(made, notice);
    const Metadata said = read_metadata(marked, Format::jpeg);
    EXPECT_EQ(said.copyright, notice);
    EXPECT_TRUE(said.make.empty() && said.artist.empty() && !said.position);
    EXPECT_EQ(decode(marked).width, 64);
  }
  EXPECT_EQ(with_copyright(made, ""), made);
  EXPECT_EQ(with_copyright(made, std::string(70'000, 'x')), made);
}

TEST(FullSize, IsBoundedInPixels) {
  EXPECT_EQ(full_size_extent(6'000, 4'000).width, 6'000);
  const Extent large = full_size_extent(12'000, 8'000);
  EXPECT_LE(std::int64_t{large.width} * large.height, full_size_pixels);
  EXPECT_GT(large.width, 7'700);
  EXPECT_NEAR(static_cast<double>(large.width) / large.height, 1.5, 0.01);
  EXPECT_EQ(full_size_extent(1, 1).height, 1);
}

}  // namespace
}  // namespace picsharz::image
