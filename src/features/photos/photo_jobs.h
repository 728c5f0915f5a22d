// The job of photos: "photo.develop", one for each upload.
#pragma once

#include "features/photos/develop_service.h"
#include "jobs/worker.h"

namespace picsharz::photos {

void add_photo_jobs(jobs::HandlerTable& table, DevelopService& developing);

}  // namespace picsharz::photos
