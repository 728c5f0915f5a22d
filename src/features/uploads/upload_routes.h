// POST /v1/photos: a photo and what is said about it, in one form.
#pragma once

#include "features/photos/media_urls.h"
#include "features/uploads/upload_service.h"
#include "http/router.h"

namespace picsharz::uploads {

void add_upload_routes(http::Router& router, UploadService& uploads,
                       const photos::MediaSigner& signer);

}  // namespace picsharz::uploads
