// Labels that need no model: colours, black and white, the format, night, the season.
//
// What:      from a glance at it, its size and what the camera wrote. What the pixels say may be
// shown;
//            what people search for but need not be told about a photo before their eyes (that it
//            is wider than high, the season) stays below the confidence from which screens show
//            labels.
// Threads:   pure functions.
// Privacy:   the time and the position are the owner's (docs/adr/0009-metadata.md). Of the position
//            only the hemisphere is used, and a season is as sure without one: whether a file has a
//            position cannot be seen in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/image.h"
#include "vision/classifier.h"

namespace picsharz::vision {

// Stands with the labels as the models' versions stand with theirs; goes up when the rules change.
inline constexpr std::string_view picture_labels_version = "picture@1";

// All of the below; strongest first.
std::vector<Label> picture_labels(const image::Developed& developed);

// "red", "orange", "yellow", "green", "blue", "purple", "pink" and "brown", of which a good part of
// the picture is; or "black and white". Skin, sand, stone and the dark are no colours.
std::vector<Label> colour_labels(const image::Pixels& pixels);

// "horizontal", "vertical" or "square", and "panorama". Not landscape and portrait: those are what
// is on a picture.
std::vector<Label> format_labels(int width, int height);

// "night" of a picture that is dark, unless the camera's clock says day. `taken_at` as
// image::Metadata has it, or "".
std::vector<Label> night_labels(const image::Pixels& pixels, std::string_view taken_at);

// "spring", "summer", "autumn" or "winter". None between the tropics, which have others. Without a
// position the northern ones are a guess, as seven of eight people live there.
std::vector<Label> season_labels(std::string_view taken_at,
                                 const std::optional<image::GeoPosition>& position);

}  // namespace picsharz::vision
