// The job of originals: "original.erase", one for each photo that is deleted.
#pragma once

#include "features/photos/original_service.h"
#include "jobs/worker.h"

namespace picsharz::photos {

void add_original_jobs(jobs::HandlerTable& table, OriginalService& originals);

}  // namespace picsharz::photos
