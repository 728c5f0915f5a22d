// The routes of profiles, follows, requests, mutes and blocks.
#pragma once

#include "crypto/cursor.h"
#include "features/follows/follow_service.h"
#include "features/sessions/session_routes.h"
#include "http/router.h"

namespace picsharz::follows {

void add_follow_routes(http::Router& router, FollowService& follows,
                       const crypto::CursorCodec& cursors,
                       const sessions::ConfirmerOf& confirmer_of);

}  // namespace picsharz::follows
