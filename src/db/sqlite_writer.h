// The one thread that writes to an SQLite file, with group commit.
//
// What:      closures queued by many threads run one after the other and share one commit and its
//            fsync: durable writes a second rise with load. Those that a thread waits for have a
//            savepoint each; the others share the transaction, and only where one of them fails
//            after it has written they run again, apart. Within the process nobody else writes, so
//            that "database is locked" cannot happen.
// Threads:   write() and write_async() from any thread. Closures and `done` run on the writer's
//            thread: write() from there would wait for itself and stops the program; write_async()
//            is fine.
// Ownership: the destructor applies what is queued, then ends the thread.
// Failures:  a closure that fails is rolled back alone. A commit that fails reaches every caller of
//            its batch. A full queue throws DatabaseError at once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "db/log_listener.h"
#include "db/sqlite_connection.h"
#include "db/sqlite_log_hold.h"

namespace picsharz::db {

class SqliteWriter {
 public:
  explicit SqliteWriter(const SqliteOptions& options);
  ~SqliteWriter();
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  void write(Database::Work work);
  void write_async(Database::AsyncWork work, Database::Done done);

  // Empties the log, then the gaps of some pages from `first` on (sqlite_gaps.h), between two
  // transactions. The next page, 0 after the last one; nullopt: a reader holds the log.
  std::optional<std::int64_t> wipe(std::int64_t first);

  // See log_listener.h.
  void listen(LogListener* listener);

  std::int64_t writes() const { return writes_; }
  std::int64_t commits() const { return commits_; }
  std::int64_t queued() const { return queued_; }

 private:
  struct Task {
    Database::AsyncWork work;
    Database::Done done;
    bool apart = false;  // runs once, in a savepoint of its own
    std::exception_ptr failure{};
  };

  struct Wipe {
    std::int64_t first = 0;
    std::promise<std::optional<std::int64_t>> done{};
  };

  void queue(Task task);
  void run();
  std::vector<Task> next_batch();
  void apply(std::vector<Task>& batch);
  void commit(std::vector<Task>& batch);
  void begin(SqliteConnection& writer);
  void settle_hold(SqliteConnection& writer);
  void hold_log();
  void hold_again();
  bool apply_together(SqliteConnection& connection, std::vector<Task>& batch);
  void apply_one(SqliteConnection& connection, Task& task);
  static bool run_work(SqliteConnection& connection, Task& task);  // false: not to be kept
  SqliteConnection& connection();
  void log_grew(int pages);
  void checkpoint_if_due();
  std::chrono::steady_clock::time_point idle_checkpoint_at() const;
  void checkpoint_while_idle();
  int checkpoint(int mode, bool patient);
  void wipe_if_asked();
  std::optional<std::int64_t> wipe_some(std::int64_t first);

  const SqliteOptions options_;
  std::optional<SqliteConnection> connection_;  // none after a failed commit, until the next one
  SqliteLogHold hold_;                          // closed before connection_
  bool grown_ = false;                          // the log has something that hold_ does not read
  int log_length_ = 0;                          // of the write-ahead log, as far as is known
  int log_pages_ = 0;                           // the same, 0 where all of it is in the file
  int checkpoint_due_;                          // ... at which it is written back
  int checkpoint_pages_before_ = 0;             // its length when that was tried last
  std::chrono::steady_clock::time_point checkpoint_at_{};  // ... and not again before
  std::chrono::steady_clock::time_point idle_checkpoint_at_{};

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Task> queue_;
  std::vector<Wipe> wipes_;  // who waits for one
  bool stopping_ = false;
  bool idle_ = false;  // the writer sleeps, and nobody woke it yet

  std::atomic<LogListener*> listener_{nullptr};
  LogListener* told_ = nullptr;  // the one that knows of all that came before
  std::int64_t version_ = 0;     // of the data, as that one knows it

  std::atomic<std::int64_t> writes_{0};
  std::atomic<std::int64_t> commits_{0};
  std::atomic<std::int64_t> queued_{0};
  std::thread thread_;  // last: it uses all the others
};

}  // namespace picsharz::db
