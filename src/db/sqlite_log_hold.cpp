#include "db/sqlite_log_hold.h"

#include "base/log.h"

namespace picsharz::db {

namespace {

constexpr int hold_cache_kib = 64;  // it reads one page

}  // namespace

// Null: it cannot.
std::unique_ptr<SqliteConnection> SqliteLogHold::begin() {
  try {
    auto next = std::move(idle_);
    if (!next) {
      const SqliteOptions options{.path = path_, .cache_kib = hold_cache_kib};
      next = std::make_unique<SqliteConnection>(options, SqliteAccess::read);
    }
    next->command("BEGIN");
    SqliteTx(*next).exec("SELECT 1 FROM sqlite_schema LIMIT 1");
    told_ = false;
    return next;
  } catch (const DatabaseError& failure) {
    // It is tried again with each commit: once is enough.
    if (!std::exchange(told_, true)) {
      log_warning("the database's log is not held", {{"why", failure.what()}});
    }
    return nullptr;
  }
}

void SqliteLogHold::take() {
  if (!held()) reading_ = begin();
}

// The next read is open before this one ends.
void SqliteLogHold::move_on() {
  if (!held()) return;
  auto next = begin();
  if (!next) return;
  let_go();
  reading_ = std::move(next);
}

void SqliteLogHold::let_go() {
  if (!held()) return;
  try {
    reading_->command("COMMIT");
    idle_ = std::move(reading_);
  } catch (const DatabaseError&) {
    reading_.reset();  // nothing was written that could be lost
  }
}

}  // namespace picsharz::db
