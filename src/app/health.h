// Whether this process may take traffic, known without asking anything when it is asked.
//
// What:      a thread of its own reads from the database and looks at the disk and the models
//            once a second; the routes answer from what it found.
// Threads:   thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "db/database.h"
#include "storage/spool.h"
#include "vision/classifier.h"

namespace picsharz::app {

class Health {
 public:
  Health(db::Database& database, storage::Spool& spool, const vision::Classifier& classifier);
  ~Health();
  void start();
  void stop();
  void drain() { draining_ = true; }

  bool ready() const { return database_up_ && !draining_; }
  bool degraded() const { return !disk_has_room_ || !models_; }
  bool database_up() const { return database_up_; }

 private:
  void run();
  void check();

  db::Database& database_;
  storage::Spool& spool_;
  const vision::Classifier& classifier_;
  std::atomic<bool> database_up_{false};
  std::atomic<bool> disk_has_room_{true};
  std::atomic<bool> models_{true};
  std::atomic<bool> draining_{false};
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::app
