// A photo's page as JSON, as the contract has it: the card, and what belongs to the page alone.
//
// Private:   the position, the embedded texts, the keywords (suggested as tags) and the file's name
//            are written for the owner only. Camera, time and copyright are for others only where
//            the owner says so.
// Threads:   pure functions over a thread-safe MediaSigner.
#pragma once

#include "base/json.h"
#include "base/viewer.h"
#include "features/photos/media_urls.h"
#include "features/photos/photo_edit.h"

namespace picsharz::photos {

void write_photo_page(JsonWriter& out, const PhotoPage& page, const Viewer& viewer,
                      const MediaSigner& signer);

}  // namespace picsharz::photos
