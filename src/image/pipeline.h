// One decode, and everything a photo needs made from it: renditions, ThumbHash, classifier's
// pixels. Or, by a decode of its own, one of the extras.
//
// What:      ordinary JPEGs are decoded at a reduced scale to YCbCr planes, resized and encoded as
//            planes. Everything else goes through libvips at the size of the largest rendition; the
//            rest is the same. No byte of the file's metadata reaches a rendition; all are sRGB.
// Threads:   one thread at a time; init_vips() must have been called. Runs in the decoder process.
// Failures:  image_corrupt, unsupported_format (no encoder of AVIF here): values; std::bad_alloc
//            where memory ends.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/image.h"

namespace picsharz::image {

// `fast` false takes the general path for every picture: the tests compare the two.
Result<Developed> develop_picture(std::string_view bytes, const Probe& probe,
                                  Wanted wanted = Wanted::pixels_too, bool fast = true);

// What plan_extra() lists, smallest first. In the picture for downloads what is see-through becomes
// white, and it has a colour profile.
Result<std::vector<Rendition>> encode_extra(std::string_view bytes, const Probe& probe,
                                            Extra extra);

}  // namespace picsharz::image
