// A day as people write it in a sentence.
//
// Threads:   pure functions.
#pragma once

#include <string>

#include "base/clock.h"

namespace picsharz {

std::string day_text(Micros time);  // "28 November 2026", in UTC

}  // namespace picsharz
