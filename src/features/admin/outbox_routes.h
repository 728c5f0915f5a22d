// What waits to be sent, and what was given up.
#pragma once

#include "crypto/cursor.h"
#include "features/admin/outbox_service.h"
#include "http/router.h"

namespace picsharz::admin {

void add_outbox_routes(http::Router& router, OutboxService& outbox,
                       const crypto::CursorCodec& cursors);

}  // namespace picsharz::admin
