// The administrator's mailbox, while no SMTP server is set.
#pragma once

#include "crypto/cursor.h"
#include "features/admin/kept_mail_service.h"
#include "features/admin/member_service.h"
#include "http/router.h"

namespace picsharz::admin {

// `log`: where it is written down who reads what others were sent. In it lie links to new
// passwords.
void add_mailbox_routes(http::Router& router, KeptMailService& mailbox, MemberService& log,
                        const crypto::CursorCodec& cursors);

}  // namespace picsharz::admin
