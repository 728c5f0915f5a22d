// The job of backups.
#pragma once

#include <functional>

#include "features/backups/keeping_service.h"
#include "jobs/worker.h"

namespace picsharz::backups {

// `go_on`: false while the program ends.
void add_backup_jobs(jobs::HandlerTable& table, KeepingService& keeping,
                     std::function<bool()> go_on);

}  // namespace picsharz::backups
