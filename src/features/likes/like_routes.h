// The routes of likes.
#pragma once

#include "features/likes/like_service.h"
#include "http/router.h"

namespace picsharz::likes {

void add_like_routes(http::Router& router, LikeService& likes);

}  // namespace picsharz::likes
