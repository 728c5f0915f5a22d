// Jobs for administrators: which gave up and why, and another try for them.
//
// Threads:   thread-safe.
#pragma once

#include "base/error.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/admin/member_service.h"
#include "jobs/queue.h"

namespace picsharz::admin {

class JobService {
 public:
  // `log`: where another try is written down.
  JobService(db::Database& database, jobs::Queue& queue, MemberService& log)
      : database_(database), queue_(queue), log_(log) {}

  Page<jobs::Job> list(jobs::State state, const PageRequest& page);  // newest first
  // One that gave up waits again, with all its attempts: that and its line in the log, or neither.
  Result<void> retry(const Viewer& viewer, JobId id);

 private:
  db::Database& database_;
  jobs::Queue& queue_;
  MemberService& log_;
};

}  // namespace picsharz::admin
