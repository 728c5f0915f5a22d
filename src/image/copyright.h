// The one thing that is written into a picture that leaves: its owner's copyright notice.
//
// Threads:   a pure function.
// Source:    Exif 2.32, section 4.6: APP1 with a directory of one entry, Copyright.
#pragma once

#include <string>
#include <string_view>

namespace picsharz::image {

// A JPEG with the notice behind its first segment; as it was where the notice is empty.
std::string with_copyright(std::string_view jpeg, std::string_view notice);

}  // namespace picsharz::image
