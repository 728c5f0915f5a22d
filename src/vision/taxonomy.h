// From a model's class names to the words people use for what is in a photo.
//
// What:      A class becomes its everyday word ("tv" is "television") and the general words above
//            it ("car" is a "vehicle" too). A word that several classes lead to has the confidence
//            of the strongest.
// Threads:   pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "vision/classifier.h"

namespace picsharz::vision {

// The confidence from which a label is kept and can be searched for; screens show those from 0.5.
inline constexpr double label_floor = 0.3;

// The words for what a model saw: `classes` and `scores` have the same length. Strongest first,
// equally strong ones in alphabetical order; none below label_floor. A class that the taxonomy does
// not know keeps its name.
std::vector<Label> labels_for(std::span<const std::string> classes, std::span<const float> scores);

}  // namespace picsharz::vision
