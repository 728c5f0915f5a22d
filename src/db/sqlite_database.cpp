// Database on an SQLite file: a bounded pool of readers and one writer.
#include <fcntl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/places.h"
#include "db/database.h"
#include "db/file_traces.h"
#include "db/log_listener.h"
#include "db/sqlite_connection.h"
#include "db/sqlite_writer.h"

namespace picsharz::db {
namespace {

constexpr int reader_limit = 32;
constexpr std::chrono::seconds reader_patience{5};

// Readers are opened when they are needed and kept. The one used last is taken first: its
// statements and pages are warm.
class ReaderPool {
 public:
  explicit ReaderPool(const SqliteOptions& options) : options_(options) {}

  std::unique_ptr<SqliteConnection> take() {
    if (!places_.take(reader_patience)) throw DatabaseError("busy: every reader is in use");
    if (auto reader = pop_idle()) return reader;
    try {
      return std::make_unique<SqliteConnection>(options_, SqliteAccess::read);
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }

  // Null: the reader is not fit for use any more.
  void give_back(std::unique_ptr<SqliteConnection> reader) {
    if (reader) {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(reader));
    }
    places_.give_back();
  }

  std::int64_t in_use() const { return places_.taken(); }

 private:
  std::unique_ptr<SqliteConnection> pop_idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto reader = std::move(idle_.back());
    idle_.pop_back();
    return reader;
  }

  const SqliteOptions options_;
  Places places_{reader_limit};
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
};

// One snapshot: from the first statement to the destructor.
class Snapshot {
 public:
  explicit Snapshot(ReaderPool& pool) : pool_(pool), reader_(pool.take()) {
    try {
      reader_->command("BEGIN");
    } catch (...) {
      pool_.give_back(nullptr);
      throw;
    }
  }
  ~Snapshot() {
    try {
      if (reader_->in_transaction()) reader_->command("COMMIT");
    } catch (const DatabaseError&) {
      reader_.reset();  // nothing was written that could be lost
    }
    pool_.give_back(std::move(reader_));
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  SqliteConnection& reader() { return *reader_; }

 private:
  ReaderPool& pool_;
  std::unique_ptr<SqliteConnection> reader_;
};

class SqliteDatabase final : public Database {
 public:
  // The writer opens first: it makes the file, turns on the log and recovers it after a crash.
  explicit SqliteDatabase(const SqliteOptions& options)
      : path_(options.path), writer_(options), readers_(options) {}

  Engine engine() const override { return Engine::sqlite; }

  void run_read(FunctionRef<void(Tx&)> work) override {
    Snapshot snapshot(readers_);
    SqliteTx tx(snapshot.reader());
    work(tx);
    reads_.fetch_add(1, std::memory_order_relaxed);
  }

  void run_write(Work work) override { writer_.write(work); }

  void run_write_async(AsyncWork work, Done done) override {
    writer_.write_async(std::move(work), std::move(done));
  }

  bool wipe(FunctionRef<bool(Micros)> rest) {
    const SystemClock clock;
    for (std::int64_t next = 1; next != 0;) {
      const Micros begin = clock.steady();
      const auto wiped = writer_.wipe(next);
      if (!wiped) return false;
      next = *wiped;
      if (next != 0 && !rest(clock.steady() - begin)) return false;
    }
    return true;
  }

  void listen(LogListener* listener) { writer_.listen(listener); }

  LogFiles files() {
    const std::lock_guard lock(mutex_);
    if (!file_) {
      const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
      if (descriptor < 0) throw DatabaseError("cannot open the file of the database");
      file_ = std::make_shared<const FileHandle>(descriptor, 0);
    }
    return {.database = file_, .log = path_ + "-wal"};
  }

  DatabaseStats stats() const override {
    return {.reads = reads_,
            .writes = writer_.writes(),
            .commits = writer_.commits(),
            .write_queue = writer_.queued(),
            .pool_in_use = readers_.in_use()};
  }

 private:
  const std::string path_;
  std::mutex mutex_;
  std::shared_ptr<const FileHandle> file_;  // closed behind the connections (log_listener.h)
  SqliteWriter writer_;
  ReaderPool readers_;
  std::atomic<std::int64_t> reads_{0};
};

}  // namespace

bool wipe_traces(Database& database, FunctionRef<bool(Micros)> rest) {
  auto* const sqlite = dynamic_cast<SqliteDatabase*>(&database);
  return sqlite == nullptr || sqlite->wipe(rest);
}

void listen_to_log(Database& database, LogListener* listener) {
  auto* const sqlite = dynamic_cast<SqliteDatabase*>(&database);
  if (sqlite != nullptr) sqlite->listen(listener);
}

LogFiles log_files(Database& database) {
  auto* const sqlite = dynamic_cast<SqliteDatabase*>(&database);
  if (sqlite == nullptr) throw DatabaseError("only SQLite has a log that can be read");
  return sqlite->files();
}

std::unique_ptr<Database> open_sqlite(const SqliteOptions& options) {
  return std::make_unique<SqliteDatabase>(options);
}

}  // namespace picsharz::db
