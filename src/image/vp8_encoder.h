// A frame of VP8, which is what a lossy WebP holds.
//
// What:      every macroblock is coded once and whole, without trying alternatives: its luma
//            predicted by the mean around it or by true motion, its chroma by the mean. What is
//            left over is coded with probabilities of the frame's own. Reads nothing but samples.
// Threads:   pure functions.
// Failures:  std::bad_alloc, also where the picture is larger than the format's fields (16383 a
//            side): no rendition is.
// Source:    RFC 6386.
#pragma once

#include <string>

#include "image/plane.h"

namespace picsharz::image {

// A WebP file from planes in studio range (to_studio_range()). `quantiser`: 0..127, the best first.
std::string encode_vp8(const Yuv& studio, int quantiser);

}  // namespace picsharz::image
