// A draft of the text for those who cannot see a picture, from its labels.
//
// What:      the most special things first ("squirrel", without "animal" above it), then how it
// looks:
//            "Squirrel and rock. Mostly brown." A list and no sentence with verbs: what the models
//            do not know (who does what to whom) is not made up.
// Use:       a person reads, corrects and saves it; it is never published by itself.
// Threads:   a pure function.
#pragma once

#include <span>
#include <string>

namespace picsharz::vision {

// `labels`: strongest first. "" where they say nothing about what is on the picture.
std::string alt_draft(std::span<const std::string> labels);

}  // namespace picsharz::vision
