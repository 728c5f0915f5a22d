#include "vision/preprocess.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace picsharz::vision {
namespace {

// A picture whose red channel is given; green is red + 1, blue red + 2.
image::Pixels picture(int width, int height, const std::vector<int>& red) {
  image::Pixels pixels{width, height, {}};
  for (const int value : red) {
    for (int c = 0; c < 3; ++c) pixels.rgb.push_back(static_cast<std::uint8_t>(value + c));
  }
  return pixels;
}

TEST(Preprocess, StretchKeepsCornersAndPlanes) {
  const auto out = preprocess(picture(2, 2, {0, 100, 50, 250}), Preprocessing::stretch_unit, 3);
  ASSERT_EQ(out.size(), 27U);
  const std::vector<float> red{0, 50, 100, 25, 100, 175, 50, 150, 250};
  for (std::size_t i = 0; i < red.size(); ++i) {
    EXPECT_NEAR(out[i], red[i] / 255, 1e-6) << i;
    EXPECT_NEAR(out[9 + i], (red[i] + 1) / 255, 1e-6) << i;
    EXPECT_NEAR(out[18 + i], (red[i] + 2) / 255, 1e-6) << i;
  }
}

// Antialiasing would mix the skipped columns in and shift the scores.
TEST(Preprocess, StretchShrinksWithoutAntialiasing) {
  const auto out =
      preprocess(picture(5, 1, {10, 200, 20, 200, 30}), Preprocessing::stretch_unit, 3);
  EXPECT_NEAR(out[0] * 255, 10, 1e-4);
  EXPECT_NEAR(out[1] * 255, 20, 1e-4);
  EXPECT_NEAR(out[2] * 255, 30, 1e-4);
}

TEST(Preprocess, LetterboxPadsAWidePictureAboveAndBelow) {
  const auto out =
      preprocess(picture(4, 2, {1, 2, 3, 4, 5, 6, 7, 8}), Preprocessing::letterbox_bytes, 4);
  const std::vector<float> red{114, 114, 114, 114, 1, 2, 3, 4, 5, 6, 7, 8, 114, 114, 114, 114};
  for (std::size_t i = 0; i < red.size(); ++i) EXPECT_FLOAT_EQ(out[i], red[i]) << i;
  EXPECT_FLOAT_EQ(out[16], 114);      // the margin is grey in every plane
  EXPECT_FLOAT_EQ(out[16 + 4], 2);    // green
  EXPECT_FLOAT_EQ(out[32 + 11], 10);  // blue
}

TEST(Preprocess, LetterboxPadsATallPictureLeftAndRightAndEnlarges) {
  const auto out = preprocess(picture(1, 2, {0, 100}), Preprocessing::letterbox_bytes, 4);
  // Two columns wide; centre on centre gives 0, 25, 75, 100.
  const std::vector<float> red{114, 0,  0,  114, 114, 25,  25,  114,
                               114, 75, 75, 114, 114, 100, 100, 114};
  for (std::size_t i = 0; i < red.size(); ++i) EXPECT_FLOAT_EQ(out[i], red[i]) << i;
}

TEST(Preprocess, ASliverKeepsOneRow) {
  const std::vector<int> row(100, 7);
  const auto out = preprocess(picture(100, 1, row), Preprocessing::letterbox_bytes, 8);
  EXPECT_EQ(std::count(out.begin(), out.begin() + 64, 7.0F), 8);
}

TEST(Preprocess, OnePixelFillsTheSquare) {
  const auto out = preprocess(picture(1, 1, {51}), Preprocessing::stretch_unit, 5);
  for (int i = 0; i < 25; ++i) EXPECT_NEAR(out[static_cast<std::size_t>(i)], 0.2, 1e-6);
}

TEST(Preprocess, RefusesPixelsThatAreNotThere) {
  image::Pixels cut = picture(2, 2, {1, 2, 3, 4});
  cut.rgb.pop_back();
  EXPECT_THROW(preprocess(cut, Preprocessing::stretch_unit, 4), std::invalid_argument);
  EXPECT_THROW(preprocess({}, Preprocessing::letterbox_bytes, 4), std::invalid_argument);
}

}  // namespace
}  // namespace picsharz::vision
