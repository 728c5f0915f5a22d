// The job of pictures that are made when they are wanted: "rendition.extra".
#pragma once

#include "features/photos/extra_service.h"
#include "jobs/worker.h"

namespace picsharz::photos {

void add_extra_jobs(jobs::HandlerTable& table, ExtraService& extras);

}  // namespace picsharz::photos
