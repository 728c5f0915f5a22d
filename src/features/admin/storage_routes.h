// What administrators see of the stored files: how far they were compared, and what is damaged.
#pragma once

#include "features/admin/member_service.h"
#include "features/photos/original_service.h"
#include "http/router.h"

namespace picsharz::admin {

// `log`: where it is written down who asks for everything to be compared again.
void add_storage_routes(http::Router& router, photos::OriginalService& originals,
                        MemberService& log);

}  // namespace picsharz::admin
