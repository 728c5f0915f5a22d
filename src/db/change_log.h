// What changed in the database, whoever changed it: so that what is remembered can be forgotten.
//
// What:      the database writes a row of `changes` in the transaction that changes a photo or
//            an account (triggers, migration 0008). A ChangeLog reads the new ones five
//            times a second and tells its listeners. Likes and counts are not told.
// Fresh:     while fresh() is true, listeners have heard of everything that was committed until a
//            second ago. What is remembered may be shown only while it is: when the database cannot
//            be asked, memory falls silent instead of telling the past.
// Races:     a listener may be reading the old row while it is told: it must not remember what it
//            began to read before. Every change is told at least once, some more often.
// Threads:   add listeners, then start(). fresh() from any thread; listeners are called by one
//            thread at a time, and must not call the log.
// Failures:  poll() throws DatabaseError; the thread goes on and logs the first of a row.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "db/change.h"
#include "db/database.h"

namespace picsharz::db {

// The log as one snapshot of SQLite sees it, whose writers commit in the order of seq: for memory
// that has to be exactly as old as the rest of a transaction. Never on PostgreSQL.
std::int64_t last_change(Tx& tx);  // 0: none yet
Changes changes_after(Tx& tx, std::int64_t position);

class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  // In the order of their commits, nearly; never empty. What it throws ends the round: it is told
  // again.
  virtual void changed(std::span<const Change> changes) = 0;
  // Anything may have changed: forget everything.
  virtual void all_changed() = 0;
};

class ChangeLog {
 public:
  ChangeLog(Database& database, const Clock& clock) : database_(database), clock_(clock) {}
  ~ChangeLog();
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;

  void add(ChangeListener& listener) { listeners_.push_back(&listener); }
  void start();
  void stop();

  bool fresh() const;
  // One round; the thread's work, and a test's.
  void poll();
  // Drops rows but the newest `kept` (at least one). Whoever polls too seldom to have seen a
  // dropped row is told that all changed.
  static void prune(Database& database, std::int64_t kept);

 private:
  void run();
  void tell(const std::vector<Change>& news);
  void tell_all();

  Database& database_;
  const Clock& clock_;
  std::vector<ChangeListener*> listeners_;
  std::mutex polling_;                    // one round at a time
  std::optional<std::int64_t> position_;  // what comes next; guarded by polling_
  std::atomic<Micros> polled_at_;         // steady time before the last round read
  std::atomic<bool> polled_ = false;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::db
