// The routes of comments.
#pragma once

#include "crypto/cursor.h"
#include "features/comments/comment_service.h"
#include "http/router.h"

namespace picsharz::comments {

void add_comment_routes(http::Router& router, CommentService& comments,
                        const crypto::CursorCodec& cursors);

}  // namespace picsharz::comments
