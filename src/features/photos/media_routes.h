// GET /media/{photo}/{rendition}: a picture by its signed address.
//
// What:      what everybody may see and is remembered is answered on the I/O thread, from memory or
//            by sendfile. The rest waits for a small pool of its own, which may read the database.
#pragma once

#include <functional>

#include "base/viewer.h"
#include "features/photos/media_service.h"
#include "http/router.h"

namespace picsharz::photos {

// Whose session a request carries. Asked only for pictures that are signed for one account: this
// route must not read a session on the I/O thread, so the authenticator leaves routes of Pool::io
// alone.
using FindViewer = std::function<Viewer(const http::Request&)>;

// `visitors` false: for members only. Then nothing here may be kept by a cache that others share,
// and every request is authenticated like any other, on a web worker.
void add_media_routes(http::Router& router, MediaService& media, FindViewer find_viewer,
                      bool visitors = true);

}  // namespace picsharz::photos
