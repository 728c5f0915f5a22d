#include "features/backups/backup_jobs.h"

#include <utility>

#include "base/json.h"

namespace picsharz::backups {

void add_backup_jobs(jobs::HandlerTable& table, KeepingService& keeping,
                     std::function<bool()> go_on) {
  table.add(backup_job,
            [&keeping, go_on = std::move(go_on)](const jobs::Job& job) -> Result<jobs::Finished> {
              TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
              const std::string id = payload.text("id", 1, 32);
              TRY(payload.finish());
              TRY(keeping.run(id, go_on));
              return jobs::Finished::no;
            });
}

}  // namespace picsharz::backups
