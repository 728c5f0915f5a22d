#include "image/pipeline.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>

#include "base/clock.h"
#include "image/colour.h"
#include "image/orient.h"
#include "image/renditions.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

Developed develop(std::string_view bytes, bool fast = true) {
  const auto found = probe_bytes(bytes);
  if (!found) {
    ADD_FAILURE() << found.error().code << " " << found.error().detail;
    return {};
  }
  auto developed = develop_picture(bytes, *found, Wanted::pixels_too, fast);
  if (!developed) {
    ADD_FAILURE() << developed.error().code << " " << developed.error().detail;
    return {};
  }
  return *std::move(developed);
}

void expect_plan(const Developed& developed, int width, int height) {
  EXPECT_EQ(developed.width, width);
  EXPECT_EQ(developed.height, height);
  const auto plan = plan_renditions(width, height);
  ASSERT_EQ(developed.renditions.size(), plan.size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const Rendition& made = developed.renditions[i];
    EXPECT_EQ(made.size, plan[i].size);
    EXPECT_EQ(made.width, plan[i].extent.width);
    EXPECT_EQ(made.height, plan[i].extent.height);
    const Raster pixels = decode(made.bytes);
    EXPECT_EQ(pixels.width, made.width);
    EXPECT_EQ(pixels.height, made.height);
  }
}

Raster pixels_of(const Developed& developed) {
  return {developed.pixels.width, developed.pixels.height, 3, developed.pixels.rgb};
}

// The colours of the scene at another size, made without this room's resizer.
Raster expected_scene(int width, int height) { return scene(width, height); }

TEST(Pipeline, MakesEveryRenditionOfAJpeg) {
  const Developed developed = develop(jpeg_of(scene(1500, 1000)));
  expect_plan(developed, 1500, 1000);
  EXPECT_EQ(rendition(developed, 1280)->format, Format::jpeg);
  EXPECT_EQ(rendition(developed, 640)->format, Format::webp);
  EXPECT_EQ(rendition(developed, 320)->format, Format::webp);
  EXPECT_EQ(developed.pixels.width, 640);
  EXPECT_EQ(developed.pixels.rgb.size(), 640U * 427U * 3U);
  EXPECT_GE(developed.thumbhash.size(), 5U);
  for (const Rendition& made : developed.renditions) {
    EXPECT_LT(mean_difference(decode(made.bytes), expected_scene(made.width, made.height)), 2.5);
  }
}

TEST(Pipeline, OddAndTinySizes) {
  for (const auto& [width, height] : {std::pair{1, 1},
                                      {1, 500},
                                      {2000, 1},
                                      {641, 3},
                                      {17, 7},
                                      {1281, 961},
                                      {333, 777},
                                      {3001, 999}}) {
    SCOPED_TRACE(std::to_string(width) + "x" + std::to_string(height));
    expect_plan(develop(jpeg_of(scene(width, height))), width, height);
    expect_plan(develop(png_of(scene(width, height, 4))), width, height);
  }
}

TEST(Pipeline, AllOrientationsGiveTheSamePicture) {
  for (const bool fast : {true, false}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      SCOPED_TRACE(orientation);
      const std::string bytes =
          with_exif(jpeg_of(stored_scene(761, 503, orientation)), orientation);
      const Developed developed = develop(bytes, fast);
      expect_plan(developed, 761, 503);
      const Rendition& top = developed.renditions.back();
      EXPECT_LT(mean_difference(decode(top.bytes), expected_scene(top.width, top.height)), 2.5);
      const Raster pixels = pixels_of(developed);
      EXPECT_LT(mean_difference(pixels, expected_scene(pixels.width, pixels.height)), 2);
    }
  }
}

TEST(Pipeline, OrientationOfPngIsApplied) {
  const Raster stored = stored_scene(90, 60, 6);
  const std::string_view samples(reinterpret_cast<const char*>(stored.samples.data()),
                                 stored.samples.size());
  const Developed developed = develop(png_of(stored.width, stored.height, 8, 2, samples,
                                             png_chunk("eXIf", exif_with_orientation(6))));
  expect_plan(developed, 90, 60);
  EXPECT_LT(mean_difference(decode(developed.renditions[0].bytes), expected_scene(90, 60)), 3);
}

TEST(Pipeline, AlphaKeepsWebpAtEverySize) {
  for (const std::string& bytes :
       {png_of(scene(1400, 900, 4)), lossless_webp_of(scene(1400, 900, 4))}) {
    const Developed developed = develop(bytes);
    expect_plan(developed, 1400, 900);
    const Raster wanted = over_white(scene(320, 206, 4));
    for (const Rendition& made : developed.renditions) EXPECT_EQ(made.format, Format::webp);
    EXPECT_LT(mean_difference(decode(rendition(developed, 320)->bytes), wanted), 3);
    EXPECT_EQ(developed.pixels.rgb.size(), 640U * 411U * 3U);
    EXPECT_TRUE(static_cast<unsigned char>(developed.thumbhash[2]) & 0x80);  // the hash's alpha bit
  }
}

TEST(Pipeline, AlphaThatHidesNothingIsDropped) {
  Raster opaque = scene(1400, 900, 4);
  for (std::size_t i = 3; i < opaque.samples.size(); i += 4) opaque.samples[i] = 255;
  const Developed developed = develop(png_of(opaque));
  EXPECT_EQ(rendition(developed, 1280)->format, Format::jpeg);
}

TEST(Pipeline, GreyAndSixteenBit) {
  std::string grey;
  for (int i = 0; i < 50 * 40; ++i) grey += static_cast<char>(i % 50 * 5);
  const Developed from8 = develop(png_of(50, 40, 8, 0, grey));
  std::string wide;
  for (const char sample : grey) wide += {sample, sample};
  const Developed from16 = develop(png_of(50, 40, 16, 0, wide));
  const Raster a = decode(from8.renditions[0].bytes);
  const Raster b = decode(from16.renditions[0].bytes);
  EXPECT_LT(mean_difference(a, b), 1);
  EXPECT_NEAR(a.samples[std::size_t{3} * (20 * 50 + 10)], 50, 6);
}

TEST(Pipeline, ProgressiveWithManyScans) {
  const Developed developed = develop(progressive_jpeg(700, 500, 20));
  expect_plan(developed, 700, 500);
}

TEST(Pipeline, TruncatedDataIsCorrupt) {
  for (const std::string& whole : {jpeg_of(scene(600, 400)), progressive_jpeg(600, 400, 5)}) {
    const std::string cut = whole.substr(0, whole.size() * 2 / 3);
    const auto found = probe_bytes(cut);
    ASSERT_TRUE(found);
    const auto developed = develop_picture(cut, *found);
    ASSERT_FALSE(developed);
    EXPECT_EQ(developed.error().code, "image_corrupt");
  }
}

TEST(Pipeline, PictureOfAnotherSizeThanProbedIsCorrupt) {
  const std::string bytes = jpeg_of(scene(600, 400));
  Probe lie = *probe_bytes(bytes);
  lie.width = 300;
  EXPECT_FALSE(develop_picture(bytes, lie));
  EXPECT_FALSE(develop_picture(bytes, lie, Wanted::pixels_too, false));
}

TEST(Pipeline, NoMetadataReachesARendition) {
  std::string bytes = jpeg_of(scene(1400, 900));
  bytes = with_exif(bytes, 1);
  bytes = with_segment(bytes, 0xe1, std::string("http://ns.adobe.com/xap/1.0/\0<x:secret/>", 40));
  bytes = with_segment(bytes, 0xfe, "a secret comment");
  bytes = with_segment(bytes, 0xed, "Photoshop 3.0 secret");
  bytes += "secret trailer";
  for (const bool fast : {true, false}) {
    for (const Rendition& made : develop(bytes, fast).renditions) {
      for (const std::string_view trace : {"Exif", "http", "secret", "Photoshop", "ICC", "EXIF"}) {
        EXPECT_EQ(made.bytes.find(trace), std::string::npos) << made.size << " " << trace;
      }
    }
  }
}

TEST(Pipeline, BrokenProfileIsIgnored) {
  const std::string picture = jpeg_of(scene(700, 500));
  const std::string profile = std::string("ICC_PROFILE\0\1\1", 14) + std::string(300, 'x');
  for (const bool fast : {true, false}) {
    const Developed developed = develop(with_segment(picture, 0xe2, profile), fast);
    expect_plan(developed, 700, 500);
    EXPECT_LT(mean_difference(decode(rendition(developed, 640)->bytes), expected_scene(640, 457)),
              3);
  }
}

// The fast path against libvips on photographs, before the encoders. libvips shrinks by box and
// resizes RGB, the fast path YCbCr, so they are alike, not equal.
TEST(Pipeline, FastPathLooksLikeLibvips) {
  if (shared_folder().empty()) GTEST_SKIP() << "the shared photographs are not here";
  int compared = 0;
  double sum = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared_folder() / "photos")) {
    const std::string extension = entry.path().extension();
    if (extension != ".jpg" && extension != ".jpeg") continue;
    const std::string bytes = read_file(entry.path());
    const Raster fast = pixels_of(develop(bytes, true));
    const Raster general = pixels_of(develop(bytes, false));
    const double difference = mean_difference(fast, general);
    EXPECT_LT(difference, 3) << entry.path().filename();
    sum += difference;
    ++compared;
  }
  ASSERT_GE(compared, 20);
  std::printf("           mean difference of %d photographs: %.2f levels\n", compared,
              sum / compared);
  EXPECT_LT(sum / compared, 1.5);
}

Micros cpu_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * second + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

// Prints what performance.md's W3 asks for; asserts nothing about time.
TEST(Pipeline, PrintsCpuTime) {
  const auto folder = shared_folder() / "photos";
  if (shared_folder().empty()) GTEST_SKIP() << "the shared photographs are not here";
  for (const char* name : {"train.jpg", "aarhus.jpg", "hochuferweg.jpg", "IMG_8808.jpg"}) {
    const std::string bytes = read_file(folder / name);
    ASSERT_FALSE(bytes.empty()) << name;
    Micros best = minute;
    for (int i = 0; i < 3; ++i) {
      const Micros before = cpu_now();
      EXPECT_EQ(develop(bytes).renditions.size(), 3U);
      best = std::min(best, cpu_now() - before);
    }
    std::printf("           %-16s %6.1f ms CPU\n", name, static_cast<double>(best) / 1000);
  }
}

}  // namespace
}  // namespace picsharz::image
