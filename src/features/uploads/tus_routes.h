// tus 1.0.0 over HTTP at /v1/uploads: OPTIONS, POST, HEAD, PATCH, DELETE.
//
// What:      a front of ResumableService. The answer that completes an upload, and every later one
//            about it, names its photo: `Picsharz-Photo: <id>`. A POST to an upload's own address
//            is another method named by X-HTTP-Method-Override; it is a POST for the check against
//            cross-site requests, which comes first.
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "features/uploads/resumable_service.h"
#include "http/router.h"

namespace picsharz::uploads {

void add_tus_routes(http::Router& router, ResumableService& uploads,
                    std::int64_t largest = limits::photo_file);

}  // namespace picsharz::uploads
