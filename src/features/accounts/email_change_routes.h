// The routes of a new e-mail address.
#pragma once

#include "features/accounts/email_change_service.h"
#include "http/router.h"

namespace picsharz::accounts {

void add_email_change_routes(http::Router& router, EmailChangeService& changes);

}  // namespace picsharz::accounts
