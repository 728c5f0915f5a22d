// Pictures of a given weight: real WebP files that no camera took.
//
// Threads:   pure function.
#pragma once

#include <cstddef>
#include <string>

#include "dice.h"

namespace picsharz::bench {

// 320 x 240, at least `bytes` long and not much longer: the noise grows until it weighs enough.
std::string draw_webp(Dice& dice, std::size_t bytes);

}  // namespace picsharz::bench
