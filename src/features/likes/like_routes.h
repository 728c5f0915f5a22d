// The routes of likes.
#pragma once

#include "crypto/cursor.h"
#include "features/likes/like_service.h"
#include "features/sessions/session_routes.h"
#include "http/router.h"

namespace picsharz::likes {

void add_like_routes(http::Router& router, LikeService& likes, const crypto::CursorCodec& cursors,
                     const sessions::ConfirmerOf& confirmer_of);

}  // namespace picsharz::likes
