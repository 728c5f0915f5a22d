// The outbox for administrators: what waits, why, and which mails were given up.
//
// Threads:   thread-safe.
// Failures:  those of the database.
#pragma once

#include <string>
#include <utility>

#include "base/page.h"
#include "db/database.h"
#include "jobs/queue.h"
#include "mail/bounce_log.h"

namespace picsharz::admin {

struct Outgoing {
  std::string server;  // "mail.example.org:587", or "" where none is set
  jobs::LaneStats queue;
};

class OutboxService {
 public:
  OutboxService(db::Database& database, jobs::Queue& queue, mail::BounceLog& bounces,
                std::string server)
      : database_(database), queue_(queue), bounces_(bounces), server_(std::move(server)) {}

  Outgoing outgoing();
  Page<mail::Bounce> bounces(const PageRequest& page);  // newest first

 private:
  db::Database& database_;
  jobs::Queue& queue_;
  mail::BounceLog& bounces_;
  const std::string server_;
};

}  // namespace picsharz::admin
