// The routes of what is new, of the settings about it, and of the link that ends a mail's kind.
#pragma once

#include "crypto/cursor.h"
#include "features/notifications/notification_service.h"
#include "features/notifications/preference_service.h"
#include "features/photos/media_urls.h"
#include "http/router.h"

namespace picsharz::notifications {

void add_notification_routes(http::Router& router, NotificationService& notifications,
                             const photos::MediaSigner& signer, const crypto::CursorCodec& cursors);
void add_preference_routes(http::Router& router, PreferenceService& preferences);

}  // namespace picsharz::notifications
