// The one field of EXIF that changes what a picture looks like.
//
// Threads:   a pure function.
// Source:    Exif 2.32, section 4.6.
#pragma once

#include <string_view>

namespace picsharz::image {

// The orientation (1..8) in the first directory of a TIFF structure ("II*\0..." or "MM\0*..."). 1
// where there is none or the bytes make no sense. Reads that one directory inside `tiff` and
// follows nothing.
int exif_orientation(std::string_view tiff);

}  // namespace picsharz::image
