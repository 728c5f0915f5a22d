// A picture's pixels as a model wants them: square, planar (red, green, blue), float.
//
// What:      The models were trained behind these resizes. Anything better (area averaging instead
//            of bilinear without antialiasing) shifts moderation scores by up to 0.1.
// Threads:   pure functions.
// Failures:  std::invalid_argument where the pixels are empty or fewer than width and height say.
#pragma once

#include <vector>

#include "image/image.h"

namespace picsharz::vision {

enum class Preprocessing {
  stretch_unit,     // the whole picture onto the square, corners on corners; RGB / 255
  letterbox_bytes,  // the picture centred in the square, grey 114 around it; RGB 0..255
  crop_signed,      // the short side to 8/7 of the square's, the square from the middle; -1..1
};

std::vector<float> preprocess(const image::Pixels& pixels, Preprocessing how, int side);

}  // namespace picsharz::vision
