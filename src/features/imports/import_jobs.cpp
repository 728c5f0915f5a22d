#include "features/imports/import_jobs.h"

#include <utility>

namespace picsharz::imports {

void add_import_jobs(jobs::HandlerTable& table, jobs::Queue& queue, ImportService& imports,
                     std::function<bool(Micros)> rest) {
  queue.on_death(run_import_job,
                 [&](db::Tx& tx, const jobs::Job& job) { imports.give_up(tx, job); });
  table.add(run_import_job, [&imports, rest = std::move(rest)](const jobs::Job& job) {
    return imports.run(job, rest);
  });
}

}  // namespace picsharz::imports
