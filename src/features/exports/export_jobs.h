// The job that makes an export.
#pragma once

#include <functional>

#include "features/exports/export_service.h"
#include "jobs/worker.h"

namespace picsharz::exports {

// `rest`: as ExportService::run() wants it.
void add_export_jobs(jobs::HandlerTable& table, jobs::Queue& queue, ExportService& exports,
                     std::function<bool(Micros)> rest);

}  // namespace picsharz::exports
