// The moderation rule: two models' scores in, a verdict out.
//
// Threads:   pure functions.
#pragma once

#include <optional>

#include "vision/classifier.h"

namespace picsharz::vision {

// True where the first model's answer is suspicious enough to ask the second.
bool needs_second_opinion(const Scores& first, const Thresholds& thresholds);

// `second` is absent where it was not asked, or where that model is not installed: the first
// model's answer stands for both then, so that nothing suspicious passes for want of a model.
Verdict judge(const Scores& first, const std::optional<Scores>& second,
              const Thresholds& thresholds);

}  // namespace picsharz::vision
