// From a model's class names to the words people use for what is in a photo.
//
// What:      A class becomes its everyday word ("tv" is "television"), or none where its name says
//            nothing to a person ("web site"), and the general words above it: what a car is by
//            common sense, what an acoustic guitar is by WordNet. taxonomy.tsv has them; it is made
//            by tools/models/taxonomy.py.
// Threads:   pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "vision/classifier.h"

namespace picsharz::vision {

// The confidence from which a label is kept and can be searched for; screens show those from 0.5.
inline constexpr double label_floor = 0.3;
// That of a word which is there only because other, more special ones are.
inline constexpr double general_floor = 0.5;
// More would be noise, and every label is a row.
inline constexpr std::size_t labels_kept = 32;

// Both: `classes` and their scores have the same length; a class that the taxonomy does not know
// keeps its (first) name. Strongest first, equally strong ones in alphabetical order; none below
// label_floor.

// Of a detector, whose classes are judged one by one: several can be there at once, and a word that
// several lead to is as sure as the strongest of them.
std::vector<Label> labels_for(std::span<const std::string> classes, std::span<const float> scores);

// Of a classifier that decides for one class: where several classes lead to a word, their
// probabilities add up, so it may know that there is a dog and not of which breed. A word that is
// only a general one has to reach general_floor.
std::vector<Label> labels_for_distribution(std::span<const std::string> classes,
                                           std::span<const float> probabilities);

// Both lists as one: a word of both keeps the stronger confidence. In the order of the functions
// above, the labels_kept strongest.
std::vector<Label> merge_labels(std::vector<Label> a, const std::vector<Label>& b);

}  // namespace picsharz::vision
