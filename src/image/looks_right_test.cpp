// Golden tests by eye: colours and edges of what comes out, against what they must be.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "image/perceptual_hash.h"
#include "image/pipeline.h"
#include "image/resize.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

Developed develop(std::string_view bytes) {
  const auto found = probe_bytes(bytes);
  if (!found) {
    ADD_FAILURE() << found.error().code << " " << found.error().detail;
    return {};
  }
  auto developed = develop_picture(bytes, *found);
  if (!developed) {
    ADD_FAILURE() << developed.error().code << " " << developed.error().detail;
    return {};
  }
  return *std::move(developed);
}

std::string big32(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string xyz(double x, double y, double z) {
  const auto fixed = [](double value) {
    return big32(static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(value * 65536))));
  };
  return "XYZ " + big32(0) + fixed(x) + fixed(y) + fixed(z);
}

// Display P3 as a matrix profile (ICC.1:2001), its curve a gamma of 2.2.
std::string p3_profile() {
  const std::string curve = "curv" + big32(0) + big32(1) + std::string("\2\x33\0\0", 4);
  const std::array<std::pair<std::string, std::string>, 7> tags{{
      {"wtpt", xyz(0.9642, 1.0, 0.8249)},
      {"rXYZ", xyz(0.5151, 0.2412, -0.0011)},
      {"gXYZ", xyz(0.2920, 0.6922, 0.0419)},
      {"bXYZ", xyz(0.1571, 0.0666, 0.7841)},
      {"rTRC", curve},
      {"gTRC", curve},
      {"bTRC", curve},
  }};
  std::string table = big32(static_cast<std::uint32_t>(tags.size()));
  std::string data;
  const std::size_t begin = 128 + 4 + 12 * tags.size();
  for (const auto& [name, bytes] : tags) {
    table += name + big32(static_cast<std::uint32_t>(begin + data.size())) +
             big32(static_cast<std::uint32_t>(bytes.size()));
    data += bytes;
  }
  const auto size = static_cast<std::uint32_t>(begin + data.size());
  std::string header = big32(size) + "lcms" + big32(0x02100000) + "mntrRGB XYZ " +
                       std::string(12, '\0') + "acsp" + std::string(28, '\0') +
                       xyz(0.9642, 1.0, 0.8249).substr(8);
  header.resize(128, '\0');
  return header + table + data;
}

Raster flat(int width, int height, std::array<std::uint8_t, 3> colour) {
  Raster raster{width, height, 3, {}};
  for (int i = 0; i < width * height; ++i) {
    raster.samples.insert(raster.samples.end(), colour.begin(), colour.end());
  }
  return raster;
}

void expect_colour(const Raster& picture, std::array<int, 3> wanted, int tolerance) {
  ASSERT_FALSE(picture.samples.empty());
  const std::size_t middle =
      (static_cast<std::size_t>(picture.height / 2) * static_cast<std::size_t>(picture.width) +
       static_cast<std::size_t>(picture.width / 2)) *
      3;
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(picture.samples[middle + c], wanted[c], tolerance) << "channel " << c;
  }
}

// The same light in the numbers of Display P3: taken for sRGB it would be pale.
TEST(LooksRight, WideGamutBecomesSrgb) {
  struct Pair {
    std::array<std::uint8_t, 3> p3;
    std::array<int, 3> srgb;
  };
  for (const Pair& pair : {Pair{{234, 51, 35}, {255, 0, 0}}, Pair{{117, 251, 76}, {0, 255, 0}},
                           Pair{{128, 128, 128}, {128, 128, 128}}}) {
    const std::string jpeg = with_segment(jpeg_of(flat(96, 64, pair.p3), 98), 0xe2,
                                          std::string("ICC_PROFILE\0\1\1", 14) + p3_profile());
    const Developed developed = develop(jpeg);
    expect_colour(decode(developed.renditions.front().bytes), pair.srgb, 12);
    expect_colour({developed.pixels.width, developed.pixels.height, 3, developed.pixels.rgb},
                  pair.srgb, 12);
  }
}

TEST(LooksRight, ShrinkingKeepsEdgesSharp) {
  Plane edge(800, 40);
  for (int y = 0; y < edge.height; ++y) {
    std::fill_n(edge.row(y), 400, std::uint8_t{40});
    std::fill_n(edge.row(y) + 400, 400, std::uint8_t{200});
  }
  const Plane small = resize(edge, 200, 10, Kernel::lanczos3);
  int between = 0;
  for (int x = 0; x < small.width; ++x) {
    const int sample = small.row(5)[x];
    if (sample > 56 && sample < 184) ++between;  // a tenth inside of either side
    EXPECT_GE(sample, 40 - 20);                  // the halo of a good filter stays low
    EXPECT_LE(sample, 200 + 20);
  }
  EXPECT_LE(between, 1);
  EXPECT_NEAR(small.row(5)[90], 40, 1);
  EXPECT_NEAR(small.row(5)[110], 200, 1);
}

TEST(LooksRight, FinePatternsBecomeGreyAndNotMoire) {
  Plane lines(900, 60);
  for (int y = 0; y < lines.height; ++y) {
    for (int x = 0; x < lines.width; ++x) lines.row(y)[x] = x % 2 == 0 ? 255 : 0;
  }
  const Plane small = resize(lines, 320, 21, Kernel::lanczos3);
  for (int x = 4; x < small.width - 4; ++x) EXPECT_NEAR(small.row(10)[x], 127, 10) << x;
}

class Shared : public testing::Test {
 protected:
  void SetUp() override {
    if (shared_folder().empty()) GTEST_SKIP() << "the shared corpus is not here";
  }
  static std::string file(const char* name) { return read_file(shared_folder() / "corpus" / name); }
};

using LooksRightShared = Shared;

// With its profile and without: what is red on paper is red on the screen, not cyan.
TEST_F(LooksRightShared, RedsOfCmykStayRed) {
  for (const char* name : {"sharp/Channel_digital_image_CMYK_color.jpg",
                           "sharp/Channel_digital_image_CMYK_color_no_profile.jpg"}) {
    const Developed developed = develop(file(name));
    int red = 0;  // a jacket
    int cyan = 0;
    const auto& samples = developed.pixels.rgb;
    for (std::size_t i = 0; i + 2 < samples.size(); i += 3) {
      const int r = samples[i];
      const int g = samples[i + 1];
      const int b = samples[i + 2];
      if (r > g + 60 && r > b + 60) ++red;
      if (g > r + 60 && b > r + 60) ++cyan;
    }
    EXPECT_GT(red, 300) << name;
    EXPECT_LT(cyan, red / 4) << name;
  }
}

TEST_F(LooksRightShared, OrientationsHaveOneHash) {
  for (const std::string name : {"Landscape_", "Portrait_"}) {
    const auto hash_of = [&](int orientation) {
      return develop(file(("orientation/" + name + std::to_string(orientation) + ".jpg").c_str()))
          .phash;
    };
    const std::uint64_t first = hash_of(1);
    for (int orientation = 2; orientation <= 8; ++orientation) {
      EXPECT_LE(hash_distance(first, hash_of(orientation)), 14) << name << orientation;
    }
  }
}

// The average thumbnail of real photographs: 25 KB.
TEST_F(LooksRightShared, ThumbnailsAreSmall) {
  std::int64_t bytes = 0;
  int photos = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared_folder() / "photos")) {
    const auto ending = entry.path().extension();
    if (ending != ".jpg" && ending != ".jpeg") continue;
    bytes +=
        static_cast<std::int64_t>(rendition(develop(read_file(entry.path())), 320)->bytes.size());
    ++photos;
  }
  ASSERT_GT(photos, 10);
  EXPECT_LE(bytes / photos, 25'000);
  std::printf("           a 320 px thumbnail of %d photographs: %ld bytes\n", photos,
              static_cast<long>(bytes / photos));
}

}  // namespace
}  // namespace picsharz::image
