#include "features/exports/export_jobs.h"

#include <utility>

namespace picsharz::exports {

void add_export_jobs(jobs::HandlerTable& table, ExportService& exports,
                     std::function<bool(Micros)> rest) {
  table.add(make_export_job, [&exports, rest = std::move(rest)](const jobs::Job& job) {
    return exports.run(job, rest);
  });
}

}  // namespace picsharz::exports
