#include "features/photos/relabel_jobs.h"

#include <utility>

namespace picsharz::photos {

void add_relabel_jobs(jobs::HandlerTable& table, RelabelService& relabelling,
                      std::function<bool(Micros)> rest) {
  table.add(relabel_job, [&relabelling, rest = std::move(rest)](const jobs::Job&) {
    relabelling.run(rest);
    return Result<jobs::Finished>(jobs::Finished::no);
  });
}

}  // namespace picsharz::photos
