// The routes of the second factor.
#pragma once

#include "features/sessions/totp_service.h"
#include "http/router.h"

namespace picsharz::sessions {

void add_totp_routes(http::Router& router, TotpService& totps);

}  // namespace picsharz::sessions
