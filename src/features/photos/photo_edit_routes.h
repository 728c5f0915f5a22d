// The routes by which owners edit, delete and fetch their photos.
#pragma once

#include "features/photos/download_service.h"
#include "features/photos/media_urls.h"
#include "features/photos/photo_edit_service.h"
#include "http/router.h"

namespace picsharz::photos {

void add_photo_edit_routes(http::Router& router, PhotoEditService& editing,
                           DownloadService& downloads, const MediaSigner& signer);

}  // namespace picsharz::photos
