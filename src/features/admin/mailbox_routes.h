// The administrator's mailbox, while no SMTP server is set.
#pragma once

#include "crypto/cursor.h"
#include "features/admin/kept_mail_service.h"
#include "http/router.h"

namespace picsharz::admin {

void add_mailbox_routes(http::Router& router, KeptMailService& mailbox,
                        const crypto::CursorCodec& cursors);

}  // namespace picsharz::admin
