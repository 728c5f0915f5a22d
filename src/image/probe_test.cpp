#include "image/probe.h"

#include <gtest/gtest.h>

#include <random>

#include "image/caps.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

std::string code_of(std::string_view bytes) {
  const auto found = probe_bytes(bytes);
  return found ? "accept" : found.error().code;
}

// SOI, a frame header of three components, one scan header and `data`.
std::string bare_jpeg(int width, int height, std::string_view data, char frame = '\xc0') {
  std::string bytes("\xff\xd8\xff", 3);
  bytes += frame;
  bytes += std::string("\0\x11\x08", 3);
  bytes += {static_cast<char>(height >> 8), static_cast<char>(height),
            static_cast<char>(width >> 8), static_cast<char>(width)};
  bytes += std::string("\3\1\x22\0\2\x11\1\3\x11\1", 10);
  bytes += std::string("\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0", 14);
  bytes += data;
  return bytes;
}

std::string riff(std::string_view chunks, int extra = 0) {
  const std::size_t size = chunks.size() + 4 + static_cast<std::size_t>(extra);
  std::string bytes("RIFF");
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(size >> shift);
  return bytes + "WEBP" + std::string(chunks);
}

TEST(Probe, ReadsJpegPngAndWebp) {
  const Raster picture = scene(70, 30);
  const auto jpeg = probe_bytes(jpeg_of(picture));
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(jpeg->format, Format::jpeg);
  EXPECT_EQ(jpeg->width, 70);
  EXPECT_EQ(jpeg->height, 30);
  EXPECT_FALSE(jpeg->alpha);
  const auto png = probe_bytes(png_of(scene(70, 30, 4)));
  ASSERT_TRUE(png);
  EXPECT_EQ(png->format, Format::png);
  EXPECT_EQ(png->width, 70);
  EXPECT_EQ(png->channels, 4);
  EXPECT_TRUE(png->alpha);
  const auto webp = probe_bytes(lossless_webp_of(scene(70, 30, 4)));
  ASSERT_TRUE(webp);
  EXPECT_EQ(webp->format, Format::webp);
  EXPECT_EQ(webp->width, 70);
  EXPECT_EQ(webp->height, 30);
  EXPECT_TRUE(webp->alpha);
}

TEST(Probe, ReadsOrientationInBothByteOrders) {
  const std::string jpeg = jpeg_of(scene(40, 20));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto found = probe_bytes(with_exif(jpeg, orientation));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->orientation, orientation);
    EXPECT_EQ(found->display_width(), orientation >= 5 ? 20 : 40);
    const std::string big = std::string("Exif\0\0", 6) + exif_with_orientation(orientation, false);
    EXPECT_EQ(probe_bytes(with_segment(jpeg, 0xe1, big))->orientation, orientation);
  }
  const std::string exif = png_chunk("eXIf", exif_with_orientation(6));
  const auto png = probe_bytes(png_of(2, 1, 8, 0, std::string_view("\0\0", 2), exif));
  ASSERT_TRUE(png);
  EXPECT_EQ(png->orientation, 6);
}

TEST(Probe, IgnoresExifThatMakesNoSense) {
  const std::string jpeg = jpeg_of(scene(40, 20));
  for (const std::string& tiff :
       {std::string(), std::string("II*\0\xff\xff\xff\xff", 8),
        std::string("II*\0\x08\0\0\0\xff\xff", 10), exif_with_orientation(9),
        exif_with_orientation(0), std::string("MM\0*\0\0\0\0\0\0", 10)}) {
    const auto found = probe_bytes(with_segment(jpeg, 0xe1, std::string("Exif\0\0", 6) + tiff));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->orientation, 1);
  }
}

TEST(Probe, AnswersByMagicBytes) {
  EXPECT_EQ(code_of(""), "image_empty");
  for (const std::string& bytes :
       {std::string("<svg xmlns='x'/>"), std::string("%PDF-1.7"), std::string("II*\0aaaaaaaa", 12),
        std::string("\0\0\0\x10"
                    "ftypisom\0\0\0\0",
                    16),
        std::string("\0\0\0\x10"
                    "ftypmif3avif",
                    16),
        std::string("\x1f\x8b\x08\0", 4), std::string("BM"), std::string("RIFF\0\0\0\0WAVE", 12),
        std::string("\xff\xd8"), std::string("push graphic-context"), std::string(1, '\0')}) {
    EXPECT_EQ(code_of(bytes), "unsupported_format") << bytes;
  }
  EXPECT_NE(probe_bytes("BM").error().message.find("AVIF or HEIC"), std::string::npos);
  EXPECT_EQ(probe_bytes("BM").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(probe_bytes("").error().kind, ErrorKind::unprocessable);
}

TEST(Probe, PixelFloodsAreTooLarge) {
  EXPECT_EQ(code_of(bare_jpeg(25'500, 25'500, "x")), "image_too_large");
  EXPECT_EQ(code_of(bare_jpeg(20'001, 10, "x")), "image_too_large");
  EXPECT_EQ(code_of(bare_jpeg(10'001, 10'000, "x")), "image_too_large");
  EXPECT_EQ(code_of(png_header(300'000, 300'000, 8, 2)), "image_too_large");
  EXPECT_EQ(code_of(png_header(0xffffffff, 1, 8, 2)), "image_too_large");
  EXPECT_EQ(code_of(png_header(8'001, 8'000, 8, 2)), "image_too_large");
  const std::string vp8x("VP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff", 18);
  EXPECT_EQ(code_of(riff(vp8x)), "image_too_large");
}

TEST(Probe, TheCapsAreInclusive) {
  const std::string data(200'000, 'x');
  EXPECT_EQ(code_of(bare_jpeg(10'000, 10'000, data)), "accept");
  const std::string png = png_header(8'000, 8'000, 8, 2) + png_chunk("IDAT", data);
  EXPECT_EQ(code_of(png), "accept");
  EXPECT_EQ(code_of(bare_jpeg(20'000, 10, data)), "accept");
}

TEST(Probe, FilesFarTooShortForTheirDimensionsAreCorrupt) {
  EXPECT_EQ(code_of(bare_jpeg(10'000, 10'000, "x")), "image_corrupt");
  EXPECT_EQ(code_of(png_header(8'000, 8'000, 8, 0) + png_chunk("IDAT", "x")), "image_corrupt");
}

TEST(Probe, ScanBombs) {
  const std::string scan("\xff\xda\0\x08\1\1\0\0\0\0data", 14);
  const auto with_scans = [&](int scans) {
    std::string bytes = bare_jpeg(100, 100, "data", '\xc2');
    for (int i = 1; i < scans; ++i) bytes += scan;
    return bytes + "\xff\xd9";
  };
  EXPECT_EQ(code_of(with_scans(caps::jpeg_scans)), "accept");
  EXPECT_EQ(code_of(with_scans(caps::jpeg_scans + 1)), "image_too_large");
  EXPECT_EQ(code_of(with_scans(1000)), "image_too_large");
  EXPECT_EQ(code_of(progressive_jpeg(100, 100, 20)), "accept");
}

TEST(Probe, ChunkBombs) {
  std::string bytes = png_header(1, 1, 8, 0);
  for (int i = 0; i < caps::png_chunks; ++i) bytes += png_chunk("tEXt", "");
  EXPECT_EQ(code_of(bytes + png_chunk("IDAT", "x")), "image_too_large");
  // An honest writer's small data chunks are no bomb.
  std::string honest = png_header(4'000, 1'000, 8, 0);
  for (int i = 0; i < 3 * caps::png_chunks; ++i)
    honest += png_chunk("IDAT", std::string(1024, 'x'));
  EXPECT_EQ(code_of(honest), "accept");
}

TEST(Probe, TruncatedFilesAreCorrupt) {
  const std::string jpeg = jpeg_of(scene(64, 64));
  const std::size_t scan = jpeg.find("\xff\xda");
  EXPECT_EQ(code_of(jpeg.substr(0, scan)), "image_corrupt");
  EXPECT_EQ(code_of(jpeg.substr(0, scan + 14)), "image_corrupt");
  EXPECT_EQ(code_of(jpeg.substr(0, scan + 14) + "\xff\xd9"), "image_corrupt");
  const std::string png = png_of(scene(64, 64));
  EXPECT_EQ(code_of(png_header(64, 64, 8, 2)), "image_corrupt");
  EXPECT_EQ(code_of(png.substr(0, png.size() / 2)), "image_corrupt");
  const std::string webp = lossless_webp_of(scene(64, 64));
  EXPECT_EQ(code_of(webp.substr(0, webp.size() - 1)), "image_corrupt");
  EXPECT_EQ(code_of(riff("")), "image_corrupt");
}

TEST(Probe, BadHeadersAreCorrupt) {
  EXPECT_EQ(code_of(bare_jpeg(0, 10, "x")), "image_corrupt");
  EXPECT_EQ(code_of(bare_jpeg(10, 10, "x", '\xc3')), "image_corrupt");
  EXPECT_EQ(code_of(png_header(10, 10, 8, 5) + png_chunk("IDAT", "x")), "image_corrupt");
  EXPECT_EQ(code_of(png_header(10, 10, 4, 2) + png_chunk("IDAT", "x")), "image_corrupt");
  EXPECT_EQ(code_of(png_header(10, 10, 8, 3) + png_chunk("IDAT", "x")), "image_corrupt");
  std::string checksum = png_of(scene(4, 4));
  checksum[20] = 7;
  EXPECT_EQ(code_of(checksum), "image_corrupt");
}

// Reads stay within the file and within bounded windows, and end, whatever the bytes are.
TEST(Probe, MutatedHeadersNeverEscape) {
  const unsigned seed = std::random_device()();
  RecordProperty("seed", static_cast<int>(seed));
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> originals{with_exif(jpeg_of(scene(64, 48)), 6),
                                           progressive_jpeg(64, 48, 12), png_of(scene(32, 32, 4)),
                                           lossless_webp_of(scene(32, 32, 4))};
  for (int round = 0; round < 4'000; ++round) {
    std::string bytes = originals[random() % originals.size()];
    for (unsigned i = random() % 6 + 1; i > 0; --i) {
      bytes[random() % std::min<std::size_t>(bytes.size(), 300)] = static_cast<char>(random());
    }
    bytes.resize(bytes.size() - random() % (bytes.size() / 2));
    const auto size = static_cast<std::int64_t>(bytes.size());
    std::int64_t total = 0;
    const auto found = probe(
        size,
        [&](std::int64_t offset, std::size_t count) {
          EXPECT_GE(offset, 0);
          EXPECT_LE(offset + static_cast<std::int64_t>(count), size);
          total += static_cast<std::int64_t>(count);
          return bytes.substr(static_cast<std::size_t>(offset), count);
        },
        Formats{});
    EXPECT_LE(total, 4 * size);
    if (found) {
      EXPECT_GE(found->orientation, 1);
      EXPECT_LE(found->orientation, 8);
      EXPECT_GT(found->width, 0);
    }
  }
}

}  // namespace
}  // namespace picsharz::image
