// What administrators see of the stored files: how far they were compared, and what is damaged.
#pragma once

#include "features/photos/original_service.h"
#include "http/router.h"

namespace picsharz::admin {

void add_storage_routes(http::Router& router, photos::OriginalService& originals);

}  // namespace picsharz::admin
