#include "db/sqlite_writer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <utility>

#include "base/cpu_meter.h"
#include "base/giving_way.h"
#include "base/log.h"
#include "db/programmer_error.h"
#include "db/sqlite_gaps.h"

namespace picsharz::db {
namespace {

constexpr std::size_t queue_limit = 10'000;
// A batch no larger than this, so that the first caller does not wait for the last.
constexpr std::size_t batch_limit = 512;
// A log shorter than this (4 MiB) needs no checkpoint.
constexpr int checkpoint_pages = 1'000;
// A longer one has it when this long has passed since the last, or at 48 MiB: a page that many
// commits change in between goes to the file once.
constexpr std::chrono::milliseconds checkpoint_rest(1'000);
// A writer with nothing to do writes back whatever there is: readers of a log that is all in the
// file do not look into it, and take the file's pages where they are mapped.
constexpr std::chrono::milliseconds idle_rest(50);
constexpr int checkpoint_pages_max = 12'000;
// Beyond this (64 MiB) a checkpoint waits a moment for readers, so that the log can start anew.
constexpr int patient_pages = 16'000;
constexpr int patience_milliseconds = 200;
constexpr std::int64_t wiped_at_once = 2'000;  // pages: 8 MiB

// Where a thread waits for its commit. The notification is sent under the lock: the waiter, whose
// stack this lives on, cannot go on and destroy it before.
class Waiter {
 public:
  void finish(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
    finished_ = true;
    changed_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return finished_; });
    if (failure_) std::rethrow_exception(std::move(failure_));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::exception_ptr failure_;
  bool finished_ = false;
};

}  // namespace

SqliteWriter::SqliteWriter(const SqliteOptions& options)
    : options_(options), hold_(options.path), checkpoint_due_(checkpoint_pages) {
  connection();
  thread_ = std::thread([this] {
    meter_thread("database");
    run();
  });
}

SqliteWriter::~SqliteWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void SqliteWriter::write(Database::Work work) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    programmer_error("a write inside a write would wait for itself");
  }
  Waiter waiter;
  queue({.work = [work](Tx& tx) { return work(tx); },
         .done = [&waiter](std::exception_ptr failure) { waiter.finish(std::move(failure)); },
         .apart = true});
  waiter.wait();
}

void SqliteWriter::write_async(Database::AsyncWork work, Database::Done done) {
  queue({.work = std::move(work), .done = std::move(done)});
}

void SqliteWriter::queue(Task task) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit) throw DatabaseError("busy: too many writes are waiting");
    queue_.push_back(std::move(task));
    ++queued_;
    wake = std::exchange(idle_, false);
  }
  if (wake) arrived_.notify_one();
}

void SqliteWriter::run() {
  take_short_turns();
  for (;;) {
    auto batch = next_batch();
    if (batch.empty()) return;
    apply(batch);
    wipe_if_asked();
    checkpoint_if_due();
  }
}

// Empty: the writer is to stop, and nothing is left to do.
std::vector<SqliteWriter::Task> SqliteWriter::next_batch() {
  std::unique_lock lock(mutex_);
  while (queue_.empty() && !stopping_) {
    idle_ = true;
    if (!connection_ || log_pages_ == 0) {
      arrived_.wait(lock);
    } else if (arrived_.wait_until(lock, idle_checkpoint_at()) == std::cv_status::timeout) {
      lock.unlock();
      checkpoint_while_idle();
      lock.lock();
    }
  }
  idle_ = false;
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_limit));
  std::vector<Task> batch(std::make_move_iterator(queue_.begin()),
                          std::make_move_iterator(queue_.begin() + count));
  queue_.erase(queue_.begin(), queue_.begin() + count);
  queued_ -= count;
  return batch;
}

void SqliteWriter::apply(std::vector<Task>& batch) {
  std::optional<std::string> lost;
  try {
    commit(batch);
  } catch (const std::exception& failure) {
    lost = failure.what();
    connection_.reset();  // closing rolls back; what it knew of the file is no longer trusted
  }
  writes_ += static_cast<std::int64_t>(batch.size());
  for (Task& task : batch) {
    // Also to those that were refused by their own rules: what they saw may be gone with the batch.
    // Each gets an exception of its own, since several threads will look at them.
    if (lost && !task.failure) task.failure = std::make_exception_ptr(DatabaseError(*lost));
    task.done(std::move(task.failure));
  }
}

void SqliteWriter::commit(std::vector<Task>& batch) {
  SqliteConnection& writer = connection();
  begin(writer);
  // Who waits for nothing first: no thread can know an order between the two.
  if (!apply_together(writer, batch)) {
    if (writer.in_transaction()) writer.command("ROLLBACK");
    begin(writer);
    for (Task& task : batch) {
      if (!task.apart) apply_one(writer, task);
    }
  }
  for (Task& task : batch) {
    if (task.apart) apply_one(writer, task);
  }
  settle_hold(writer);
  writer.command("COMMIT");
  ++commits_;
  hold_log();
}

// The version of the data as this connection sees it changes when another one wrote, or emptied the
// log, and with nothing that this one does.
void SqliteWriter::begin(SqliteConnection& writer) {
  writer.command("BEGIN IMMEDIATE");
  LogListener* const listener = listener_;
  if (listener == nullptr) {
    told_ = nullptr;
    return;
  }
  std::int64_t version = 0;
  SqliteTx(writer).each("PRAGMA data_version", [&](const Row& row) { version = row.integer(0); });
  const bool knows = listener == told_;
  const bool others_wrote = !knows || version != version_;
  listener->begun(others_wrote);
  told_ = listener;
  version_ = version;
  if (!others_wrote) return;
  grown_ = grown_ || knows;
  log_pages_ = std::max(log_pages_, 1);  // how many there are the next checkpoint says
}

// Behind the work of a transaction, before it is committed. A long log that is all in the file
// starts anew with this one: nobody else can write before it. And whoever begins to hold the log
// needs something in it to read.
void SqliteWriter::settle_hold(SqliteConnection& writer) {
  if (told_ == nullptr) return;
  const bool starts_anew = log_pages_ == 0 && log_length_ >= checkpoint_pages;
  if (hold_.held() && !starts_anew) return;
  hold_.let_go();
  writer.command("PRAGMA user_version = 0");  // as it is: a page in the log, whatever was written
}

void SqliteWriter::hold_log() {
  if (told_ == nullptr) return hold_.let_go();
  if (!hold_.held() && std::exchange(grown_, false)) hold_.take();
}

// Where it had to be let go between two transactions.
void SqliteWriter::hold_again() {
  std::vector<Task> nothing;
  apply(nothing);
}

// A transaction that does nothing went through the writer when it returns: what was begun with the
// listener before is over, however that ended.
void SqliteWriter::listen(LogListener* listener) {
  listener_ = listener;
  for (;;) {
    Waiter waiter;
    try {
      queue({.work = [](Tx&) { return true; },
             .done = [&waiter](std::exception_ptr failure) { waiter.finish(std::move(failure)); },
             .apart = true});
    } catch (const DatabaseError&) {  // too many are waiting
      std::this_thread::sleep_for(idle_rest);
      continue;
    }
    try {
      waiter.wait();
    } catch (const DatabaseError&) {
      return;  // the next transaction says so to whom it concerns
    }
    return;
  }
}

// Without savepoints, each of which would copy every page before it changes: false where one of
// them failed after it had written, and all are to be run again.
bool SqliteWriter::apply_together(SqliteConnection& writer, std::vector<Task>& batch) {
  for (Task& task : batch) {
    if (task.apart) continue;
    const std::int64_t changes = writer.changes();
    const bool kept = run_work(writer, task);
    if (!writer.in_transaction()) return false;
    if (!kept && writer.changes() != changes) return false;
  }
  return true;
}

bool SqliteWriter::run_work(SqliteConnection& writer, Task& task) {
  task.failure = nullptr;
  try {
    SqliteTx tx(writer);
    return task.work(tx);
  } catch (...) {
    task.failure = std::current_exception();
    return false;
  }
}

void SqliteWriter::apply_one(SqliteConnection& writer, Task& task) {
  writer.command("SAVEPOINT one");
  const bool keep = run_work(writer, task);
  if (!writer.in_transaction()) {
    // A full disk or a failed read ends the whole transaction, with the work of the others in it.
    throw DatabaseError("a failed statement ended the transaction of its batch");
  }
  if (!keep) writer.command("ROLLBACK TO one");
  writer.command("RELEASE one");
}

SqliteConnection& SqliteWriter::connection() {
  if (connection_) return *connection_;
  told_ = nullptr;  // what another connection knew says nothing
  connection_.emplace(options_, SqliteAccess::write);
  // In place of the automatic checkpoint, which would run inside a commit while callers wait.
  sqlite3_wal_hook(
      connection_->get(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteWriter*>(self)->log_grew(pages);
        return SQLITE_OK;
      },
      this);
  return *connection_;
}

void SqliteWriter::log_grew(int pages) {
  if (pages <= log_pages_) checkpoint_due_ = checkpoint_pages;  // it started anew
  log_pages_ = log_length_ = pages;
  grown_ = true;
  if (LogListener* const listener = listener_) listener->committed(pages);
}

int SqliteWriter::checkpoint(int mode, bool patient) {
  if (LogListener* const listener = listener_) listener->before_checkpoint();
  if (hold_.held() && std::exchange(grown_, false)) hold_.move_on();
  if (patient) sqlite3_busy_timeout(connection_->get(), patience_milliseconds);
  int pages = 0;
  int written = -1;
  const int code = sqlite3_wal_checkpoint_v2(connection_->get(), nullptr, mode, &pages, &written);
  if (patient) sqlite3_busy_timeout(connection_->get(), SqliteConnection::busy_milliseconds);
  if (code != SQLITE_OK) return code;
  log_pages_ = log_length_ = pages;
  if (written == pages) {  // it starts anew, unless somebody still reads it
    log_pages_ = 0;
    checkpoint_due_ = checkpoint_pages;
  } else {
    grown_ = true;
  }
  return code;
}

std::optional<std::int64_t> SqliteWriter::wipe(std::int64_t first) {
  std::future<std::optional<std::int64_t>> next;
  {
    const std::lock_guard lock(mutex_);
    next = wipes_.emplace_back(Wipe{.first = first}).done.get_future();
  }
  write([](Tx&) { return true; });  // wakes the writer, which wipes after its batch
  return next.get();
}

void SqliteWriter::wipe_if_asked() {
  std::vector<Wipe> asked;
  {
    const std::lock_guard lock(mutex_);
    asked.swap(wipes_);
  }
  const bool was_held = !asked.empty() && hold_.held();
  if (was_held) hold_.let_go();  // which would be a reader that holds the log
  for (Wipe& each : asked) {
    try {
      each.done.set_value(wipe_some(each.first));
    } catch (...) {
      connection_.reset();
      each.done.set_exception(std::current_exception());
    }
  }
  if (was_held) hold_again();
}

std::optional<std::int64_t> SqliteWriter::wipe_some(std::int64_t first) {
  SqliteConnection& writer = connection();
  if (checkpoint(SQLITE_CHECKPOINT_TRUNCATE, true) != SQLITE_OK) return std::nullopt;
  writer.command("BEGIN IMMEDIATE");
  // Another process may have written in between.
  const bool alone = log_is_empty(writer);
  const std::int64_t next = alone ? clear_gaps(writer, first, wiped_at_once) : first;
  writer.command("COMMIT");
  sqlite3_db_release_memory(writer.get());  // pages in memory are as they were
  return alone ? std::optional(next) : std::nullopt;
}

std::chrono::steady_clock::time_point SqliteWriter::idle_checkpoint_at() const {
  return log_pages_ < checkpoint_due_ ? idle_checkpoint_at_
                                      : std::max(checkpoint_at_, idle_checkpoint_at_);
}

void SqliteWriter::checkpoint_while_idle() {
  if (log_pages_ >= checkpoint_due_) return checkpoint_if_due();
  checkpoint(SQLITE_CHECKPOINT_PASSIVE, false);
  // Where a read still needs the log, again then.
  idle_checkpoint_at_ = std::chrono::steady_clock::now() + idle_rest;
}

void SqliteWriter::checkpoint_if_due() {
  if (!connection_ || log_pages_ < checkpoint_due_) return;
  const bool grew = log_pages_ < checkpoint_pages_before_ ||
                    log_pages_ >= checkpoint_pages_before_ + checkpoint_pages;
  const bool large = log_pages_ >= checkpoint_pages_max && grew;
  if (!large && std::chrono::steady_clock::now() < checkpoint_at_) return;
  checkpoint_pages_before_ = log_pages_;
  const bool patient = log_pages_ >= patient_pages;
  const bool was_held = patient && hold_.held();
  if (was_held) hold_.let_go();  // it would be waited for
  const int code =
      checkpoint(patient ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, patient);
  // Where a long read holds the log, the next try comes when it has grown by as much again.
  if (log_pages_ > 0) {
    checkpoint_due_ = log_pages_ + (patient ? patient_pages / 4 : checkpoint_pages);
  }
  checkpoint_at_ = std::chrono::steady_clock::now() + checkpoint_rest;
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
    log_error("database checkpoint failed", {{"sqlite_code", code}});
  }
  if (was_held) hold_again();
}

}  // namespace picsharz::db
