// PUT and DELETE /v1/me/avatar, and GET /media/avatars/{avatar}/{size}.
#pragma once

#include "features/accounts/avatar_service.h"
#include "features/accounts/quota_source.h"
#include "http/router.h"

namespace picsharz::accounts {

// `visitors` false: no cache that others share may keep an avatar.
void add_avatar_routes(http::Router& router, AvatarService& avatars, QuotaSource& quotas,
                       bool visitors);

}  // namespace picsharz::accounts
