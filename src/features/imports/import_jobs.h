// The job that goes on with an import.
#pragma once

#include <functional>

#include "features/imports/import_service.h"
#include "jobs/worker.h"

namespace picsharz::imports {

// `rest`: as ImportService::run() wants it.
void add_import_jobs(jobs::HandlerTable& table, jobs::Queue& queue, ImportService& imports,
                     std::function<bool(Micros)> rest);

}  // namespace picsharz::imports
