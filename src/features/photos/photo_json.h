// A photo as JSON, as the contract has it: the same shape for a card and a page.
//
// What:      written by hand into one string; a feed page is 20 of these, a hot path.
// Threads:   pure functions over a thread-safe MediaSigner.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/viewer.h"
#include "features/photos/media_urls.h"
#include "features/photos/photo.h"

namespace picsharz::photos {

// `reason` is shown to the owner and to moderators only. No media URLs for removed or rejected
// ones.
void write_photo(JsonWriter& out, const PhotoView& view, const Viewer& viewer,
                 const MediaSigner& signer);
// The same without the braces, for a page that has more to say.
void write_photo_fields(JsonWriter& out, const PhotoView& view, const Viewer& viewer,
                        const MediaSigner& signer);

// What a card says to everybody but the photo's owner and moderators, made once: everything but
// what changes with each viewer and with every like.
struct PhotoText {
  std::string before;     // ... up to the number of likes
  std::string after;      // ... from the time it was made
  Micros good_until = 0;  // its URLs are others from then on
};

// Nothing where the URLs have to be signed for their viewer, or where there is a reason to hide.
std::optional<PhotoText> photo_text(const PhotoView& view, const MediaSigner& signer);
// The same as the first for a viewer whom the text is for.
void write_photo(JsonWriter& out, const PhotoText& text, const PhotoCounts& counts);

}  // namespace picsharz::photos
