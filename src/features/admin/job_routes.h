// The routes of jobs, for administrators.
#pragma once

#include "crypto/cursor.h"
#include "features/admin/job_service.h"
#include "http/router.h"

namespace picsharz::admin {

void add_job_routes(http::Router& router, JobService& jobs, const crypto::CursorCodec& cursors);

}  // namespace picsharz::admin
