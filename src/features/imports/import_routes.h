// /v1/me/import: begin with an archive that was uploaded, see how far it is, cancel.
#pragma once

#include "crypto/cursor.h"
#include "features/imports/import_service.h"
#include "http/router.h"

namespace picsharz::imports {

void add_import_routes(http::Router& router, ImportService& imports,
                       const crypto::CursorCodec& cursors);

}  // namespace picsharz::imports
