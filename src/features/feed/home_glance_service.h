// What a home feed out of memory asks of PostgreSQL: what changed since, and the counts of its
// photos. One statement, and so one snapshot; requests that wait at the same time share it.
//
// What:      whoever comes while nobody asks, asks at once, for everybody who has gathered. The
//            snapshot is taken after the last of them came: nobody is shown less than what was
//            committed before.
// Bounds:    asked_at_once requests a statement, askers_max statements at a time.
// Threads:   thread-safe; a request waits on its own thread.
// Failures:  DatabaseError, for everybody who shared the statement.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/ids.h"
#include "db/database.h"
#include "features/feed/feed_store.h"
#include "features/feed/home_memory.h"

namespace picsharz::feed {

struct Glance {
  std::shared_ptr<const db::LogReading> log;
  std::vector<photos::PhotoCounts> counts;  // in the order of the photos
};

class HomeGlanceService {
 public:
  static constexpr std::ptrdiff_t asked_at_once = 32;
  static constexpr int askers_max = 2;

  HomeGlanceService(db::Database& database, HomeMemory& memory)
      : database_(database), memory_(memory) {}

  Glance ask(AccountId viewer, const std::vector<PhotoId>& photos);

 private:
  struct Waiting;

  void lead(std::unique_lock<std::mutex>& lock, Waiting& leader);
  void answer(std::span<Waiting* const> together);

  db::Database& database_;
  HomeMemory& memory_;
  FeedStore feeds_;
  std::mutex mutex_;
  std::vector<Waiting*> waiting_;  // the first came first
  int askers_ = 0;
};

}  // namespace picsharz::feed
