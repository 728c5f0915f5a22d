#include "features/admin/job_service.h"

namespace picsharz::admin {

Page<jobs::Job> JobService::list(jobs::State state, const PageRequest& page) {
  return database_.read([&](db::Tx& tx) { return queue_.list(tx, state, page); });
}

Result<void> JobService::retry(JobId id) {
  if (database_.write([&](db::Tx& tx) { return queue_.retry(tx, id); })) return {};
  return fail(ErrorKind::conflict, "not_dead", "No job of this id has given up.",
              "Look at the list again: it may be running, or a newer one does its work.");
}

}  // namespace picsharz::admin
