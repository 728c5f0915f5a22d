// The job that indexes photos and accounts anew: "photos.reindex", one at a time.
#pragma once

#include <functional>

#include "features/photos/reindex_service.h"
#include "jobs/worker.h"

namespace picsharz::photos {

// `rest` as ReindexService::run() has it.
void add_reindex_jobs(jobs::HandlerTable& table, ReindexService& reindexing,
                      std::function<bool(Micros)> rest);

}  // namespace picsharz::photos
