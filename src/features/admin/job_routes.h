// The routes of jobs, for administrators.
#pragma once

#include "crypto/cursor.h"
#include "features/admin/job_service.h"
#include "features/admin/member_service.h"
#include "http/router.h"

namespace picsharz::admin {

// `log`: where a new try of a job is written down.
void add_job_routes(http::Router& router, JobService& jobs, MemberService& log,
                    const crypto::CursorCodec& cursors);

}  // namespace picsharz::admin
