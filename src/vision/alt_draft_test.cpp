#include "vision/alt_draft.h"

#include <gtest/gtest.h>

#include <vector>

namespace picsharz::vision {
namespace {

std::string draft(std::vector<std::string> labels) { return alt_draft(labels); }

TEST(AltDraft, NamesTheMostSpecialThings) {
  EXPECT_EQ(draft({"animal", "squirrel", "wildlife", "brown"}), "Squirrel. Mostly brown.");
  EXPECT_EQ(draft({"vehicle", "car", "train"}), "Car and train.");
  EXPECT_EQ(draft({"musical instrument", "guitar", "acoustic guitar"}), "Acoustic guitar.");
}

TEST(AltDraft, AGeneralWordStandsWhereNothingSaysItBetter) {
  EXPECT_EQ(draft({"animal", "green", "blue", "red"}), "Animal. Mostly green and blue.");
}

TEST(AltDraft, IsShort) {
  EXPECT_EQ(draft({"boat", "bench", "dog", "bicycle", "person"}), "Boat, bench, dog and bicycle.");
}

TEST(AltDraft, SaysHowItLooks) {
  EXPECT_EQ(draft({"boat", "black and white", "night"}), "Boat, at night. Black and white.");
  EXPECT_EQ(draft({"boat", "panorama", "horizontal", "summer"}), "Boat.");
}

TEST(AltDraft, SaysNothingWhereNothingIsKnown) {
  EXPECT_EQ(draft({}), "");
  EXPECT_EQ(draft({"blue", "vertical", "night"}), "");
}

}  // namespace
}  // namespace picsharz::vision
