// The routes of tokens. No token reaches them: they name no scope.
#pragma once

#include "features/sessions/token_service.h"
#include "http/router.h"

namespace picsharz::sessions {

void add_token_routes(http::Router& router, TokenService& tokens);

}  // namespace picsharz::sessions
