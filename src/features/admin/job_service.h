// Jobs for administrators: which gave up and why, and another try for them.
//
// Threads:   thread-safe.
#pragma once

#include "base/error.h"
#include "base/page.h"
#include "db/database.h"
#include "jobs/queue.h"

namespace picsharz::admin {

class JobService {
 public:
  JobService(db::Database& database, jobs::Queue& queue) : database_(database), queue_(queue) {}

  Page<jobs::Job> list(jobs::State state, const PageRequest& page);  // newest first
  // One that gave up waits again, with all its attempts.
  Result<void> retry(JobId id);

 private:
  db::Database& database_;
  jobs::Queue& queue_;
};

}  // namespace picsharz::admin
