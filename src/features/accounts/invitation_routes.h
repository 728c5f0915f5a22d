// The routes of invitations: make, list, take back, look at one by its token.
#pragma once

#include "crypto/cursor.h"
#include "features/accounts/invitation_service.h"
#include "http/router.h"

namespace picsharz::accounts {

void add_invitation_routes(http::Router& router, InvitationService& invitations,
                           const crypto::CursorCodec& cursors);

}  // namespace picsharz::accounts
