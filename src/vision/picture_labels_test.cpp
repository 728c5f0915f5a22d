#include "vision/picture_labels.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "image/pipeline.h"
#include "image/probe.h"
#include "image/vips_pictures.h"
#include "support/repository.h"

namespace picsharz::vision {
namespace {

using Names = std::vector<std::string>;

struct Rgb {
  int red, green, blue;
};

Names names(const std::vector<Label>& labels) {
  Names result;
  for (const Label& label : labels) result.push_back(label.name);
  return result;
}

// 200 x 100; each colour in as many of a hundred columns as it says.
image::Pixels striped(const std::vector<std::pair<Rgb, int>>& stripes) {
  image::Pixels pixels{200, 100, {}};
  for (int y = 0; y < pixels.height; ++y) {
    for (const auto& [colour, share] : stripes) {
      for (int x = 0; x < 2 * share; ++x) {
        for (const int value : {colour.red, colour.green, colour.blue}) {
          pixels.rgb.push_back(static_cast<std::uint8_t>(value));
        }
      }
    }
  }
  return pixels;
}

Names colours(const std::vector<std::pair<Rgb, int>>& stripes) {
  return names(colour_labels(striped(stripes)));
}

TEST(PictureLabels, ColoursHaveTheirEverydayNames) {
  const std::pair<Rgb, const char*> expected[] = {
      {{220, 30, 30}, "red"},     {{130, 10, 20}, "red"},    {{255, 140, 0}, "orange"},
      {{250, 220, 40}, "yellow"}, {{60, 140, 50}, "green"},  {{45, 80, 30}, "green"},
      {{90, 160, 230}, "blue"},   {{10, 20, 120}, "blue"},   {{0, 160, 190}, "blue"},
      {{120, 60, 180}, "purple"}, {{255, 150, 190}, "pink"}, {{255, 20, 200}, "pink"},
      {{120, 70, 30}, "brown"},   {{90, 50, 25}, "brown"},
  };
  for (const auto& [colour, word] : expected) {
    EXPECT_EQ(colours({{colour, 100}}), Names{word})
        << colour.red << ' ' << colour.green << ' ' << colour.blue;
  }
}

TEST(PictureLabels, SkinSandStoneAndTheDarkAreNoColours) {
  const Rgb nothing[] = {{224, 172, 130}, {141, 100, 72}, {255, 219, 172}, {210, 190, 150},
                         {120, 110, 105}, {20, 22, 40},   {245, 245, 240}, {180, 195, 210}};
  for (const Rgb& colour : nothing) {
    // With some green beside it, so that it is not black and white.
    EXPECT_EQ(colours({{colour, 90}, {{0, 200, 0}, 10}}), Names{})
        << colour.red << ' ' << colour.green << ' ' << colour.blue;
  }
}

TEST(PictureLabels, AColourNeedsAGoodPartOfThePicture) {
  const Rgb red{220, 30, 30}, blue{20, 60, 220}, grey{128, 128, 128};
  EXPECT_EQ(colours({{red, 16}, {grey, 84}}), Names{});
  EXPECT_EQ(colours({{red, 30}, {blue, 60}, {grey, 10}}), (Names{"red", "blue"}));
  const auto little = colour_labels(striped({{red, 25}, {grey, 75}}));
  ASSERT_EQ(names(little), Names{"red"});
  EXPECT_LT(little[0].confidence, 0.5);  // found, and not shown
  EXPECT_GE(colour_labels(striped({{red, 40}, {grey, 60}}))[0].confidence, 0.5);
  EXPECT_LT(colour_labels(striped({{{120, 70, 30}, 100}}))[0].confidence, 0.5);  // it may be skin
}

TEST(PictureLabels, GreyIsBlackAndWhiteAndATintStaysSo) {
  EXPECT_EQ(colours({{{0, 0, 0}, 50}, {{255, 255, 255}, 50}}), Names{"black and white"});
  const auto tinted = colour_labels(striped({{{124, 122, 118}, 100}}));
  ASSERT_EQ(names(tinted), Names{"black and white"});
  EXPECT_GE(tinted[0].confidence, 0.5);
  EXPECT_LT(tinted[0].confidence, 0.9);
  EXPECT_EQ(colours({{{150, 130, 100}, 100}}), Names{});                     // sepia
  EXPECT_EQ(colours({{{120, 120, 120}, 95}, {{200, 20, 20}, 5}}), Names{});  // a red umbrella
}

// A single red pixel, as of a sensor at night, is in the mean of its box.
TEST(PictureLabels, NoiseIsNoColour) {
  image::Pixels pixels{640, 480, {}};
  for (int i = 0; i < 640 * 480; ++i) {
    const int channel = i % 640 % 7 % 3;
    for (int c = 0; c < 3; ++c) pixels.rgb.push_back(c == channel ? 90 : 60);
  }
  EXPECT_EQ(names(colour_labels(pixels)), Names{"black and white"});
}

TEST(PictureLabels, TheFormatIsFoundAndNotShown) {
  EXPECT_EQ(names(format_labels(3000, 2000)), Names{"horizontal"});
  EXPECT_EQ(names(format_labels(2000, 3000)), Names{"vertical"});
  EXPECT_EQ(names(format_labels(1080, 1080)), Names{"square"});
  EXPECT_EQ(names(format_labels(1000, 1040)), Names{"square"});
  EXPECT_EQ(names(format_labels(1179, 2556)), Names{"vertical"});  // a telephone's screen
  EXPECT_EQ(names(format_labels(1998, 1000)), Names{"horizontal"});
  EXPECT_EQ(names(format_labels(9000, 3000)), (Names{"horizontal", "panorama"}));
  EXPECT_LT(format_labels(3000, 2000)[0].confidence, 0.5);
  EXPECT_GE(format_labels(9000, 3000)[1].confidence, 0.5);
  EXPECT_TRUE(format_labels(0, 0).empty());
}

TEST(PictureLabels, NightIsDarkAndNotByDay) {
  const image::Pixels dark = striped({{{8, 10, 22}, 90}, {{255, 240, 190}, 10}});
  EXPECT_EQ(night_labels(dark, "2008-10-22T23:28:39+02:00").at(0).confidence, 0.8);
  EXPECT_EQ(night_labels(dark, "2008-10-22T19:28:39").at(0).confidence, 0.5);
  EXPECT_EQ(night_labels(dark, "").at(0).confidence, 0.4);
  EXPECT_TRUE(night_labels(dark, "2008-10-22T12:28:39").empty());
  const image::Pixels bright = striped({{{200, 200, 190}, 100}});
  EXPECT_TRUE(night_labels(bright, "2008-10-22T23:28:39").empty());
  const image::Pixels cave = striped({{{80, 30, 10}, 90}, {{255, 240, 190}, 10}});
  EXPECT_TRUE(night_labels(cave, "").empty());
  EXPECT_EQ(names(night_labels(cave, "2008-10-22T23:28:39")), Names{"night"});
}

TEST(PictureLabels, TheSeasonIsThatOfTheHemisphere) {
  const image::GeoPosition berlin{52.5, 13.4}, sydney{-33.9, 151.2}, penang{5.4, 100.3};
  const std::tuple<const char*, const char*, const char*> expected[] = {
      {"01", "winter", "summer"}, {"02", "winter", "summer"}, {"03", "spring", "autumn"},
      {"05", "spring", "autumn"}, {"06", "summer", "winter"}, {"08", "summer", "winter"},
      {"09", "autumn", "spring"}, {"11", "autumn", "spring"}, {"12", "winter", "summer"}};
  for (const auto& [month, north, south] : expected) {
    const std::string when = std::string("2008-") + month + "-22T16:28:39";
    EXPECT_EQ(names(season_labels(when, {})), Names{north});
    EXPECT_EQ(names(season_labels(when, berlin)), Names{north});
    EXPECT_EQ(names(season_labels(when, sydney)), Names{south});
    EXPECT_TRUE(season_labels(when, penang).empty());
    // Whether there is a position is not to be seen in it.
    EXPECT_EQ(season_labels(when, berlin)[0].confidence, season_labels(when, {})[0].confidence);
  }
  for (const char* unknown : {"", "2008", "2008-00-01T00:00:00", "2008-13-01T00:00:00", "x"}) {
    EXPECT_TRUE(season_labels(unknown, {}).empty()) << unknown;
  }
}

TEST(PictureLabels, PixelsThatAreNotThereHaveNone) {
  EXPECT_TRUE(colour_labels({}).empty());
  EXPECT_TRUE(night_labels({}, "").empty());
  image::Pixels cut = striped({{{1, 2, 3}, 100}});
  cut.rgb.pop_back();
  EXPECT_TRUE(colour_labels(cut).empty());
  EXPECT_TRUE(picture_labels({}).empty());
}

TEST(PictureLabels, TheyAreOneListStrongestFirst) {
  image::Developed developed;
  developed.width = 3000;
  developed.height = 2000;
  developed.glance = striped({{{5, 10, 60}, 100}});
  developed.metadata.taken_at = "2008-10-22T23:28:39+02:00";
  EXPECT_EQ(names(picture_labels(developed)), (Names{"blue", "night", "autumn", "horizontal"}));
}

// What is on them was written down by looking at them.
TEST(PictureLabels, OfRealPhotos) {
  const auto folder = picsharz::test::shared_folder() / "photos";
  if (!exists(folder)) GTEST_SKIP() << "no photos: set PICSHARZ_SHARED to what has photos/";
  image::init_vips();
  const std::pair<const char*, Names> expected[] = {
      {"IMG_8824.jpg", {"blue", "horizontal", "night"}},  // the moon
      {"IMG_5910.jpg", {"green", "horizontal"}},          // a squirrel in ivy
      {"IMG_8994.jpg", {"red", "vertical"}},              // a canyon's walls
      {"IMG_8943.jpg", {"brown", "vertical"}},            // a dark one
      {"train.jpg", {"horizontal"}},                      // grey sky over grey water
  };
  for (const auto& [name, labels] : expected) {
    std::ifstream file(folder / name, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const auto probe = image::probe(static_cast<std::int64_t>(bytes.size()),
                                    [&](std::int64_t offset, std::size_t count) {
                                      return bytes.substr(static_cast<std::size_t>(offset), count);
                                    },
                                    {});
    ASSERT_TRUE(probe) << name;
    const auto developed = image::develop_picture(bytes, *probe);
    ASSERT_TRUE(developed) << name;
    EXPECT_EQ(names(picture_labels(*developed)), labels) << name;
  }
}

}  // namespace
}  // namespace picsharz::vision
