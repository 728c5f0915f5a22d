// The routes of the blocklist, for moderators.
#pragma once

#include "crypto/cursor.h"
#include "features/moderation/blocklist_service.h"
#include "http/router.h"

namespace picsharz::moderation {

void add_blocklist_routes(http::Router& router, BlocklistService& blocklist,
                          const crypto::CursorCodec& cursors);

}  // namespace picsharz::moderation
