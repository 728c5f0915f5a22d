// Frames of our own encoder, seen through libwebp.
#include "image/vp8_encoder.h"

#include <gtest/gtest.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include <cmath>
#include <functional>
#include <memory>
#include <random>

#include "image/colour.h"
#include "image/jpeg_codec.h"
#include "image/resize.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

Yuv drawn(int width, int height, const std::function<int(int, int)>& luma,
          const std::function<int(int, int)>& colour) {
  Yuv picture{Plane(width, height), Plane((width + 1) / 2, (height + 1) / 2),
              Plane((width + 1) / 2, (height + 1) / 2)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) picture.y.row(y)[x] = static_cast<std::uint8_t>(luma(x, y));
  }
  for (int y = 0; y < picture.u.height; ++y) {
    for (int x = 0; x < picture.u.width; ++x) {
      picture.u.row(y)[x] = static_cast<std::uint8_t>(colour(x, y));
      picture.v.row(y)[x] = static_cast<std::uint8_t>(255 - colour(x, y));
    }
  }
  return picture;
}

// What a decoder makes of it; empty planes where it refuses.
Yuv decoded(const std::string& bytes) {
  int width = 0;
  int height = 0;
  int stride = 0;
  int chroma_stride = 0;
  std::uint8_t* u = nullptr;
  std::uint8_t* v = nullptr;
  const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> y(
      WebPDecodeYUV(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &width,
                    &height, &u, &v, &stride, &chroma_stride),
      &WebPFree);
  if (!y) return {};
  Yuv picture{Plane(width, height), Plane((width + 1) / 2, (height + 1) / 2),
              Plane((width + 1) / 2, (height + 1) / 2)};
  const auto copy = [](const std::uint8_t* from, int step, Plane& to) {
    for (int row = 0; row < to.height; ++row) std::copy_n(from + row * step, to.width, to.row(row));
  };
  copy(y.get(), stride, picture.y);
  copy(u, chroma_stride, picture.u);
  copy(v, chroma_stride, picture.v);
  return picture;
}

// The mean squared error of a plane.
double error_of(const Plane& one, const Plane& other) {
  if (one.width != other.width || one.height != other.height) return 1e9;
  double sum = 0;
  for (int y = 0; y < one.height; ++y) {
    for (int x = 0; x < one.width; ++x) sum += std::pow(one.row(y)[x] - other.row(y)[x], 2);
  }
  return sum / one.width / one.height;
}

double decibels(double error) { return 10 * std::log10(255 * 255 / std::max(error, 1e-3)); }

// A step of the best quantiser is 4, and errors are spread over it: 1.4. A drift between what the
// encoder thinks decoders see and what they do see would grow far beyond that.
void expect_close(const Yuv& picture, double most = 2.5) {
  const Yuv seen = decoded(encode_vp8(picture, 0));
  EXPECT_LT(error_of(seen.y, picture.y), most);
  EXPECT_LT(error_of(seen.u, picture.u), most);
  EXPECT_LT(error_of(seen.v, picture.v), most);
}

TEST(Vp8Encoder, EverySizeUpToAFewMacroblocks) {
  for (int height = 1; height <= 35; ++height) {
    for (int width = 1; width <= 35; ++width) {
      SCOPED_TRACE(std::to_string(width) + "x" + std::to_string(height));
      expect_close(drawn(
          width, height, [](int x, int y) { return 16 + (5 * x + 3 * y) % 220; },
          [](int x, int y) { return 60 + (7 * x + y) % 120; }));
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(Vp8Encoder, NoiseOfEveryStrength) {
  for (const int strength : {1, 4, 16, 64, 128, 255}) {
    std::mt19937 random(static_cast<unsigned>(strength));
    const auto noise = [&](int, int) {
      return 128 + static_cast<int>(random() % static_cast<unsigned>(strength)) - strength / 2;
    };
    SCOPED_TRACE(strength);
    expect_close(drawn(211, 163, noise, noise));
  }
}

// The largest coefficients there are, and the longest codes.
TEST(Vp8Encoder, BlackAgainstWhite) {
  for (const int size : {1, 2, 4, 8, 16}) {
    SCOPED_TRACE(size);
    const auto checks = [size](int x, int y) { return (x / size + y / size) % 2 == 0 ? 0 : 255; };
    expect_close(drawn(130, 98, checks, checks), 4);
  }
}

TEST(Vp8Encoder, FlatIsTinyAndExact) {
  for (const int level : {0, 16, 127, 128, 129, 235, 255}) {
    const auto flat = [level](int, int) { return level; };
    const Yuv picture = drawn(320, 240, flat, flat);
    const std::string bytes = encode_vp8(picture, 25);
    EXPECT_LT(bytes.size(), 700U) << level;
    const Yuv seen = decoded(bytes);
    EXPECT_LE(error_of(seen.y, picture.y), 1) << level;
    EXPECT_LE(error_of(seen.u, picture.u), 1) << level;
  }
}

TEST(Vp8Encoder, EveryQuantiserDecodesAndSmallerOnesAreCloser) {
  const Yuv picture = to_yuv(scene(200, 150));
  double before = 0;
  std::size_t bytes = 1 << 20;
  for (int quantiser = 0; quantiser <= 127; quantiser += 1) {
    const std::string coded = encode_vp8(picture, quantiser);
    const double error = error_of(decoded(coded).y, picture.y);
    ASSERT_LT(error, 2'000) << quantiser;
    if (quantiser % 32 == 0) {
      EXPECT_GT(error, before);
      EXPECT_LT(coded.size(), bytes);
      before = error;
      bytes = coded.size();
    }
  }
}

TEST(Vp8Encoder, LongAndThinPictures) {
  const auto wave = [](int x, int y) { return 128 + (x * y + 3 * x) % 90 - 45; };
  for (const auto& [width, height] : {std::pair{2560, 5}, {3, 1280}, {16'383, 1}, {1, 4'000}}) {
    SCOPED_TRACE(width);
    expect_close(drawn(width, height, wave, wave));
  }
  EXPECT_THROW((void)encode_vp8(drawn(16'384, 1, wave, wave), 25), std::bad_alloc);
}

TEST(Vp8Encoder, TheFileIsOneFrameAndNothingElse) {
  const std::string bytes = encode_vp8(to_yuv(scene(63, 41)), 25);
  EXPECT_EQ(bytes.substr(0, 4), "RIFF");
  EXPECT_EQ(bytes.substr(8, 8), "WEBPVP8 ");
  EXPECT_EQ(bytes.size() % 2, 0U);
  const auto size = static_cast<unsigned char>(bytes[4]) |
                    static_cast<unsigned char>(bytes[5]) << 8 |
                    static_cast<unsigned char>(bytes[6]) << 16;
  EXPECT_EQ(static_cast<std::size_t>(size) + 8, bytes.size());
  EXPECT_EQ(bytes, encode_vp8(to_yuv(scene(63, 41)), 25));
}

std::string libwebp_of(const Yuv& studio) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  EXPECT_TRUE(WebPConfigInit(&config) && WebPPictureInit(&picture));
  WebPMemoryWriterInit(&writer);
  config.quality = 75;
  config.method = 0;
  picture.width = studio.y.width;
  picture.height = studio.y.height;
  picture.y = const_cast<std::uint8_t*>(studio.y.samples.data());
  picture.u = const_cast<std::uint8_t*>(studio.u.samples.data());
  picture.v = const_cast<std::uint8_t*>(studio.v.samples.data());
  picture.y_stride = studio.y.stride;
  picture.uv_stride = studio.u.stride;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  EXPECT_TRUE(WebPEncode(&config, &picture));
  std::string bytes(reinterpret_cast<const char*>(writer.mem), writer.size);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&picture);
  return bytes;
}

// On photographs: closer to the original than libwebp's fastest, in fewer bytes.
TEST(Vp8Encoder, PhotographsAreCloserInFewerBytesThanLibwebp) {
  if (shared_folder().empty()) GTEST_SKIP() << "the shared photographs are not here";
  struct Sum {
    std::size_t bytes = 0;
    double luma = 0;
    double chroma = 0;
  };
  Sum ours;
  Sum theirs;
  int photos = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared_folder() / "photos")) {
    if (entry.path().extension() != ".jpg") continue;
    const std::string file = read_file(entry.path());
    const auto decoded_jpeg = decode_jpeg_scaled(file, {640, 400});
    if (!decoded_jpeg || !*decoded_jpeg) continue;
    const ScaledJpeg& jpeg = **decoded_jpeg;
    Yuv studio{resize(jpeg.y, 640, 426, Kernel::lanczos3),
               resize(jpeg.u, 320, 213, Kernel::triangle),
               resize(jpeg.v, 320, 213, Kernel::triangle)};
    to_studio_range(studio);
    const auto add = [&studio](Sum& sum, const std::string& bytes) {
      const Yuv seen = decoded(bytes);
      sum.bytes += bytes.size();
      sum.luma += decibels(error_of(seen.y, studio.y));
      sum.chroma += decibels(error_of(seen.u, studio.u)) + decibels(error_of(seen.v, studio.v));
    };
    add(ours, encode_vp8(studio, 25));
    add(theirs, libwebp_of(studio));
    ++photos;
  }
  ASSERT_GT(photos, 10);
  std::printf("           640 px, %d photographs: %zu bytes, %.2f dB; libwebp %zu bytes, %.2f dB\n",
              photos, ours.bytes / static_cast<std::size_t>(photos), ours.luma / photos,
              theirs.bytes / static_cast<std::size_t>(photos), theirs.luma / photos);
  EXPECT_LT(ours.bytes, theirs.bytes);
  EXPECT_GT(ours.luma, theirs.luma);
  EXPECT_GT(ours.chroma, theirs.chroma);
}

}  // namespace
}  // namespace picsharz::image
