// Tells the everyday colour profile, sRGB, from those that need a conversion.
//
// Threads:   a pure function.
// Source:    ICC.1:2010 (profile format), IEC 61966-2-1 (sRGB).
#pragma once

#include <string_view>

namespace picsharz::image {

// True where an RGB profile has the primaries and the tone curve of sRGB, whatever its name is.
// Reads a bounded number of bytes; false for anything it does not understand.
bool is_srgb_profile(std::string_view profile);

}  // namespace picsharz::image
