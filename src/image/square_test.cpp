#include "image/square.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace picsharz::image {
namespace {

// Black, with its middle square white.
Pixels striped(int width, int height) {
  const int side = std::min(width, height);
  Pixels pixels{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool inside = x >= (width - side) / 2 && x < (width - side) / 2 + side &&
                          y >= (height - side) / 2 && y < (height - side) / 2 + side;
      pixels.rgb.insert(pixels.rgb.end(), 3, inside ? 255 : 0);
    }
  }
  return pixels;
}

TEST(Square, IsTheMiddleOfThePicture) {
  constexpr std::array sizes = {64, 128, 320};
  for (const auto& [width, height] : {std::pair{640, 427}, {360, 640}, {500, 500}}) {
    const auto made = square_renditions(striped(width, height), sizes);
    ASSERT_EQ(made.size(), sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      EXPECT_EQ(made[i].size, sizes.at(i));
      EXPECT_EQ(made[i].width, sizes.at(i));
      EXPECT_EQ(made[i].height, sizes.at(i));
      EXPECT_EQ(made[i].bytes.substr(8, 4), "WEBP");
      EXPECT_EQ(made[i].bytes.find("EXIF"), std::string::npos);
    }
    // All of it is the white square: an even picture takes next to no bytes, and a black edge
    // would.
    const auto whole = square_renditions(striped(320, 320), sizes);
    EXPECT_EQ(made[2].bytes, whole[2].bytes);
  }
}

TEST(Square, ASmallPictureIsNotEnlarged) {
  constexpr std::array sizes = {64, 128, 320};
  const auto made = square_renditions(striped(100, 40), sizes);
  for (const auto& each : made) EXPECT_EQ(each.width, 40);
  EXPECT_EQ(made[2].size, 320);
}

}  // namespace
}  // namespace picsharz::image
