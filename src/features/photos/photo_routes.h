// The routes of photos that only their owner sees: the own photos with their states.
#pragma once

#include "crypto/cursor.h"
#include "features/photos/media_urls.h"
#include "features/photos/photo_service.h"
#include "http/router.h"

namespace picsharz::photos {

void add_photo_routes(http::Router& router, PhotoService& photos, const MediaSigner& signer,
                      const crypto::CursorCodec& cursors);

}  // namespace picsharz::photos
