#include "features/imports/import_jobs.h"

#include <utility>

namespace picsharz::imports {

void add_import_jobs(jobs::HandlerTable& table, ImportService& imports,
                     std::function<bool(Micros)> rest) {
  table.add(run_import_job, [&imports, rest = std::move(rest)](const jobs::Job& job) {
    return imports.run(job, rest);
  });
}

}  // namespace picsharz::imports
