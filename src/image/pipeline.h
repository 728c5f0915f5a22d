// One decode, and everything a photo needs made from it: renditions, ThumbHash, classifier's
// pixels.
//
// What:      ordinary JPEGs are decoded at a reduced scale to YCbCr planes, resized and encoded as
//            planes. Everything else goes through libvips at the size of the largest rendition; the
//            rest is the same. No byte of the file's metadata reaches a rendition; all are sRGB.
// Threads:   one thread at a time; init_vips() must have been called. Runs in the decoder process.
// Failures:  image_corrupt: a value; std::bad_alloc where memory ends.
#pragma once

#include <string_view>

#include "base/error.h"
#include "image/image.h"

namespace picsharz::image {

// `fast` false takes the general path for every picture: the tests compare the two.
Result<Developed> develop_picture(std::string_view bytes, const Probe& probe, bool fast = true);

// The whole picture as a JPEG of full_size_extent(), in sRGB with the profile, without any
// metadata; what is transparent becomes white.
Result<Rendition> encode_full_size(std::string_view bytes, const Probe& probe);

}  // namespace picsharz::image
