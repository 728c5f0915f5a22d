// The routes of members, for administrators.
#pragma once

#include "crypto/cursor.h"
#include "features/admin/member_service.h"
#include "http/router.h"

namespace picsharz::admin {

// `quota`: of whoever has none of their own, in bytes.
void add_member_routes(http::Router& router, MemberService& members, std::int64_t quota,
                       const crypto::CursorCodec& cursors);

}  // namespace picsharz::admin
