// The job that looks at old photos again: "photos.relabel", one at a time.
#pragma once

#include <functional>

#include "features/photos/relabel_service.h"
#include "jobs/worker.h"

namespace picsharz::photos {

// `rest` as RelabelService::run() has it.
void add_relabel_jobs(jobs::HandlerTable& table, RelabelService& relabelling,
                      std::function<bool(Micros)> rest);

}  // namespace picsharz::photos
