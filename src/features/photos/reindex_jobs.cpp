#include "features/photos/reindex_jobs.h"

#include <utility>

namespace picsharz::photos {

void add_reindex_jobs(jobs::HandlerTable& table, ReindexService& reindexing,
                      std::function<bool(Micros)> rest) {
  table.add(reindex_job, [&reindexing, rest = std::move(rest)](const jobs::Job&) {
    reindexing.run(rest);
    return Result<jobs::Finished>(jobs::Finished::no);
  });
}

}  // namespace picsharz::photos
