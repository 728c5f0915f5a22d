// The administrator's mailbox, while no SMTP server is set.
#pragma once

#include "crypto/cursor.h"
#include "http/router.h"
#include "mail/mailer.h"

namespace picsharz::admin {

void add_mailbox_routes(http::Router& router, const mail::Mailbox& mailbox,
                        const crypto::CursorCodec& cursors);

}  // namespace picsharz::admin
