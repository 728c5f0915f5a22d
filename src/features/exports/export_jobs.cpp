#include "features/exports/export_jobs.h"

#include <utility>

namespace picsharz::exports {

void add_export_jobs(jobs::HandlerTable& table, jobs::Queue& queue, ExportService& exports,
                     std::function<bool(Micros)> rest) {
  queue.on_death(make_export_job,
                 [&](db::Tx& tx, const jobs::Job& job) { exports.give_up(tx, job); });
  table.add(make_export_job, [&exports, rest = std::move(rest)](const jobs::Job& job) {
    return exports.run(job, rest);
  });
}

}  // namespace picsharz::exports
