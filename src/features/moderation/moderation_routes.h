// The routes of moderation: the queue and the audit log for moderators, reports and appeals for
// members.
#pragma once

#include "crypto/cursor.h"
#include "features/moderation/complaint_service.h"
#include "features/moderation/moderation_service.h"
#include "features/photos/media_urls.h"
#include "http/router.h"

namespace picsharz::moderation {

void add_moderation_routes(http::Router& router, ModerationService& moderation,
                           ComplaintService& complaints, const photos::MediaSigner& signer,
                           const crypto::CursorCodec& cursors);

}  // namespace picsharz::moderation
