// Every rendition against a golden picture that other software made
// (tests/fixtures/golden/make.py): by what the eye sees, the distance of colours in CIELAB, not by
// bytes.
//
// Source: CIE 15 (L*a*b*, Delta E of 1976) of sRGB under D65, IEC 61966-2-1.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "image/colour.h"
#include "image/pipeline.h"
#include "image/test_pictures.h"
#include "image/vips_pictures.h"
#include "support/repository.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

struct Golden {
  const char* name;
  const char* file;   // in the shared data
  double mean = 2.3;  // Delta E that is allowed: just noticeable
  double worst = 12;  // of the 99th percentile of the pixels: edges differ by half a pixel
};

// Of CMYK the dark tones differ: libvips writes sRGB with a scaled black, LittleCMS without.
// Coloured squares of a few pixels lose some of their colour at their edges, in WebP as in JPEG.
constexpr std::array goldens{
    Golden{"photo", "photos/IMG_1252.jpg"},
    Golden{"photo-no-profile", "photos/train.jpg"},
    Golden{"landscape", "photos/hochuferweg.jpg"},
    Golden{"mongolia", "photos/mongolia.jpeg"},
    Golden{"turned-6", "corpus/orientation/Portrait_6.jpg"},
    Golden{"turned-7", "corpus/orientation/Landscape_7.jpg"},
    Golden{"cmyk", "corpus/sharp/Channel_digital_image_CMYK_color.jpg", 5},
    Golden{"p3", "corpus/sharp/p3.png"},
    Golden{"prophoto", "corpus/sharp/prophoto.png"},
    Golden{"sixteen-bit", "corpus/sharp/Flag_of_the_Netherlands-16bit.png"},
    Golden{"grey-alpha", "corpus/sharp/grey-8bit-alpha.png"},
    Golden{"webp-alpha", "corpus/sharp/5_webp_a.webp"},
    Golden{"gif", "corpus/sharp/rotating-squares.gif", 2.3, 24},
    Golden{"palette", "corpus/pngsuite/basn3p08.png", 7, 32},
    Golden{"grey", "corpus/pngsuite/basn0g08.png"},
};

std::filesystem::path fixture(const std::string& name) {
  return picsharz::test::repository() / "tests/fixtures/golden" / (name + ".png");
}

// What is seen of it on a white page.
Raster seen(std::string_view bytes) {
  const auto found = probe_bytes(bytes);
  if (!found) return {};
  auto raster = load_with_vips(bytes, *found, {found->width, found->height});
  if (!raster) return {};
  return raster->bands == 4 ? over_white(*raster) : *std::move(raster);
}

using Colour3 = std::array<double, 3>;

// The mean of each sample over the part of the picture that a pixel of the golden one covers.
Colour3 average(const Raster& picture, double left, double top, double right, double bottom) {
  Colour3 sum{};
  double area = 0;
  for (int y = static_cast<int>(top); y < std::min<double>(std::ceil(bottom), picture.height);
       ++y) {
    const double high = std::min(bottom, y + 1.0) - std::max(top, static_cast<double>(y));
    for (int x = static_cast<int>(left); x < std::min<double>(std::ceil(right), picture.width);
         ++x) {
      const double part =
          high * (std::min(right, x + 1.0) - std::max(left, static_cast<double>(x)));
      const std::size_t at = 3 * (static_cast<std::size_t>(y) * picture.width + x);
      for (std::size_t i = 0; i < 3; ++i) sum[i] += part * picture.samples[at + i];
      area += part;
    }
  }
  for (double& each : sum) each /= area;
  return sum;
}

Colour3 to_lab(const Colour3& srgb) {
  Colour3 linear{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double value = srgb[i] / 255;
    linear[i] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  }
  const auto [r, g, b] = linear;
  const auto curve = [](double t) {
    return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
  };
  const double x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const double y = curve(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  const double z = curve((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double distance(const Colour3& one, const Colour3& other) {
  return std::hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

// Delta E of each pixel of the golden picture, in order of size.
std::vector<double> differences(const Raster& picture, const Raster& golden) {
  std::vector<double> found;
  const double across = static_cast<double>(picture.width) / golden.width;
  const double down = static_cast<double>(picture.height) / golden.height;
  for (int y = 0; y < golden.height; ++y) {
    for (int x = 0; x < golden.width; ++x) {
      const std::size_t at = 3 * (static_cast<std::size_t>(y) * golden.width + x);
      const Colour3 wanted{static_cast<double>(golden.samples[at]),
                           static_cast<double>(golden.samples[at + 1]),
                           static_cast<double>(golden.samples[at + 2])};
      const Colour3 got = average(picture, x * across, y * down, (x + 1) * across, (y + 1) * down);
      found.push_back(distance(to_lab(got), to_lab(wanted)));
    }
  }
  std::ranges::sort(found);
  return found;
}

class GoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, EveryRenditionLooksLikeIt) {
  if (shared_folder().empty()) GTEST_SKIP() << "the shared data is not here";
  const Golden& golden = GetParam();
  const Raster wanted = seen(read_file(fixture(golden.name)));
  ASSERT_GT(wanted.width, 0);
  const std::string bytes = read_file(shared_folder() / golden.file);
  const auto probed = probe_bytes(bytes);
  ASSERT_TRUE(probed);
  const auto developed = develop_picture(bytes, *probed);
  ASSERT_TRUE(developed);
  for (const Rendition& rendition : developed->renditions) {
    const auto found = differences(seen(rendition.bytes), wanted);
    double sum = 0;
    for (const double each : found) sum += each;
    const double mean = sum / static_cast<double>(found.size());
    const double worst = found[found.size() * 99 / 100];
    std::printf("           %-16s %4d: Delta E mean %.2f, 99 %% %.2f\n", golden.name,
                rendition.size, mean, worst);
    EXPECT_LE(mean, golden.mean) << rendition.size;
    EXPECT_LE(worst, golden.worst) << rendition.size;
  }
}

INSTANTIATE_TEST_SUITE_P(, GoldenTest, testing::ValuesIn(goldens), [](const auto& each) {
  std::string name = each.param.name;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace picsharz::image
