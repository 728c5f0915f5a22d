#include "app/health.h"

#include <chrono>

#include "base/log.h"

namespace picsharz::app {

Health::Health(db::Database& database, storage::Spool& spool, const vision::Classifier& classifier)
    : database_(database), spool_(spool), classifier_(classifier) {}

Health::~Health() { stop(); }

void Health::start() {
  check();
  thread_ = std::thread([this] { run(); });
}

void Health::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Health::run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) {
    lock.unlock();
    check();
    lock.lock();
  }
}

void Health::check() {
  bool up = false;
  try {
    database_.read([](db::Tx& tx) { tx.exec("SELECT 1"); });
    up = true;
  } catch (const db::DatabaseError& failure) {
    if (database_up_) log_error("the database does not answer", {{"detail", failure.what()}});
  }
  if (up && !database_up_.exchange(up)) log_info("the database answers");
  database_up_ = up;
  const bool room = spool_.has_room();
  if (disk_has_room_.exchange(room) && !room) log_warning("the disk is down to its reserve");
  const bool models = classifier_.ready();
  if (models_.exchange(models) == models) return;
  if (models) return log_info("the models are there again");
  log_warning("photos are held for review: no models", {{"detail", classifier_.describe()}});
}

}  // namespace picsharz::app
