#include "image/thumbhash.h"

#include <gtest/gtest.h>

namespace picsharz::image {
namespace {

// The same pattern was given to the package thumbhash 0.1.1; the answers are recorded below.
Raster pattern(int width, int height, bool alpha) {
  Raster raster{width, height, 4, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int sample : {x * 7 + y * 3, x * x + y, y * 5, alpha ? x * 4 + y * 2 : 255}) {
        raster.samples.push_back(static_cast<std::uint8_t>(sample % 256));
      }
    }
  }
  return raster;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

TEST(ThumbHash, GivesTheBytesOfTheReference) {
  EXPECT_EQ(hex(thumbhash(pattern(100, 75, false))), "9d080a4d82777667756748707776787a7779efdf44");
  EXPECT_EQ(hex(thumbhash(pattern(75, 100, false))), "1f080a2502666682876576058788a767668fd9fe7b");
  EXPECT_EQ(hex(thumbhash(pattern(100, 100, false))),
            "1f080a2f047776767378787677077888777976f797bb7f06");
  EXPECT_EQ(hex(thumbhash(pattern(64, 40, true))),
            "dc08862b84277954806897966fa77f87035b477a777877");
  EXPECT_EQ(hex(thumbhash(pattern(33, 66, true))),
            "5e18862b0628595806c8586859ffb98170777078877777");
  EXPECT_EQ(hex(thumbhash(pattern(100, 7, false))), "140b06118044338075778787017df8b286");
  EXPECT_EQ(hex(thumbhash(pattern(3, 50, true))), "1985860902138780d77798867f6207d977787078887888");
  EXPECT_EQ(hex(thumbhash(pattern(1, 1, false))),
            "000802070000000000000000000000000000000000000000");
}

TEST(ThumbHash, TakesPicturesWithoutAlpha) {
  Raster opaque = pattern(40, 30, false);
  Raster rgb{40, 30, 3, {}};
  for (std::size_t i = 0; i < opaque.samples.size(); ++i) {
    if (i % 4 != 3) rgb.samples.push_back(opaque.samples[i]);
  }
  EXPECT_EQ(thumbhash(rgb), thumbhash(opaque));
}

}  // namespace
}  // namespace picsharz::image
