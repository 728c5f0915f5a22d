#include "db/change_log.h"

#include <chrono>
#include <exception>

#include "base/log.h"

namespace picsharz::db {

namespace {

constexpr auto interval = std::chrono::milliseconds(200);
constexpr Micros believed_for = second;

struct News {
  std::int64_t next = 0;    // the position after these
  std::int64_t pruned = 0;  // rows up to this position are gone
  std::vector<Change> changes;
};

// SQLite's writers commit in the order of seq. PostgreSQL's do not: what comes next is everything
// by transactions that this snapshot does not know to be over, so some rows are read twice.
constexpr Sql position_sql(
    // Each in a query of its own: SQLite reads the whole table for MIN and MAX together.
    "SELECT COALESCE((SELECT MAX(seq) FROM changes), 0) + 1,"
    " COALESCE((SELECT MAX(up_to) FROM changes_pruned), 0)",
    "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT),"
    " COALESCE((SELECT MAX(up_to) FROM changes_pruned), 0)");
constexpr Sql pruned_sql(
    "INSERT INTO changes_pruned (id, up_to)"
    " SELECT 1, MAX(seq) FROM changes WHERE seq <= $1 HAVING COUNT(*) > 0"
    " ON CONFLICT (id) DO UPDATE SET up_to = excluded.up_to",
    "INSERT INTO changes_pruned (id, up_to)"
    " SELECT 1, MAX(transaction) FROM changes WHERE seq <= $1 HAVING COUNT(*) > 0"
    " ON CONFLICT (id) DO UPDATE SET up_to = excluded.up_to");
constexpr Sql news_sql(
    "SELECT kind, id, account_id FROM changes WHERE seq >= $1 ORDER BY seq",
    "SELECT kind, id, account_id FROM changes WHERE transaction >= $1 ORDER BY seq");

Change read_change(const Row& row) {
  return {row.as<ChangeKind>(0), row.integer(1), row.id<AccountId>(2)};
}

News read_news(Database& database, std::optional<std::int64_t> since) {
  return database.read([&](Tx& tx) {
    News news;
    tx.each(position_sql, [&](const Row& row) {
      news.next = row.integer(0);
      news.pruned = row.integer(1);
    });
    if (since) news.changes = tx.all(news_sql, read_change, *since);
    return news;
  });
}

}  // namespace

std::int64_t last_change(Tx& tx) {
  return tx.one("SELECT MAX(seq) FROM changes", [](const Row& row) { return row.integer(0); })
      .value_or(0);
}

Changes changes_after(Tx& tx, std::int64_t position) {
  Changes found;
  tx.each(position_sql, [&](const Row& row) { found.missed = row.integer(1) > position; });
  if (!found.missed) found.changes = tx.all(news_sql, read_change, position + 1);
  return found;
}

ChangeLog::~ChangeLog() { stop(); }

void ChangeLog::start() {
  thread_ = std::thread([this] { run(); });
}

void ChangeLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ChangeLog::fresh() const { return polled_ && clock_.steady() - polled_at_ < believed_for; }

void ChangeLog::poll() {
  const std::lock_guard lock(polling_);
  const Micros now = clock_.steady();
  const News news = read_news(database_, position_);
  // Rows that were dropped before they were read here may have said anything.
  const bool missed = !position_ || news.pruned >= *position_;
  missed ? tell_all() : tell(news.changes);
  position_ = news.next;
  polled_at_ = now;
  polled_ = true;
}

void ChangeLog::tell(const std::vector<Change>& news) {
  if (news.empty()) return;
  for (ChangeListener* const listener : listeners_) listener->changed(news);
}

void ChangeLog::tell_all() {
  for (ChangeListener* const listener : listeners_) listener->all_changed();
}

void ChangeLog::prune(Database& database, std::int64_t kept) {
  database.write([&](Tx& tx) {
    const auto newest = tx.one("SELECT COALESCE(MAX(seq), 0) FROM changes",
                               [](const Row& row) { return row.integer(0); });
    const std::int64_t last = newest.value_or(0) - kept;
    tx.exec(pruned_sql, last);
    tx.exec("DELETE FROM changes WHERE seq <= $1", last);
  });
}

void ChangeLog::run() {
  bool failed = false;
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    try {
      poll();
      failed = false;
    } catch (const std::exception& failure) {
      if (!failed) log_warning("changes cannot be read", {{"detail", failure.what()}});
      failed = true;
    }
    lock.lock();
  } while (!stop_.wait_for(lock, interval, [this] { return stopping_; }));
}

}  // namespace picsharz::db
