#include "features/admin/job_service.h"

namespace picsharz::admin {

Page<jobs::Job> JobService::list(jobs::State state, const PageRequest& page) {
  return database_.read([&](db::Tx& tx) { return queue_.list(tx, state, page); });
}

Result<void> JobService::retry(const Viewer& viewer, JobId id) {
  return database_.write([&](db::Tx& tx) -> Result<void> {
    if (!queue_.retry(tx, id)) {
      return fail(ErrorKind::conflict, "not_dead", "No job of this id has given up.",
                  "Look at the list again: it may be running, or a newer one does its work.");
    }
    log_.note(tx, viewer, ActionKind::job_retried, id.str());
    return {};
  });
}

}  // namespace picsharz::admin
