// The job of photos: "photo.develop", one for each upload.
#pragma once

#include "features/photos/develop_service.h"
#include "jobs/worker.h"

namespace picsharz::photos {

// What the queue is told stays with it: `developing` outlives its use.
void add_photo_jobs(jobs::HandlerTable& table, jobs::Queue& queue, DevelopService& developing);

}  // namespace picsharz::photos
