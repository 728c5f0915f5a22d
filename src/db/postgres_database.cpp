// Database on PostgreSQL: a bounded pool of connections, conflicts run again, and a few threads of
// its own for writes that nobody waits for.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "base/cpu_meter.h"
#include "base/places.h"
#include "db/database.h"
#include "db/postgres_connection.h"
#include "db/programmer_error.h"

namespace picsharz::db {
namespace {

constexpr std::chrono::seconds pool_patience{5};
constexpr int tries = 8;
constexpr int async_threads = 4;
constexpr std::size_t async_limit = 10'000;

class PostgresPool {
 public:
  explicit PostgresPool(const PostgresOptions& options)
      : url_(options.url), places_(std::max(1, options.pool)) {}

  std::unique_ptr<PostgresConnection> take() {
    if (!places_.take(pool_patience)) throw DatabaseError("busy: every connection is in use");
    auto connection = pop_idle();
    try {
      if (connection && connection->ready()) return connection;
      return std::make_unique<PostgresConnection>(url_);
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }

  // Null: it is not fit for use any more.
  void give_back(std::unique_ptr<PostgresConnection> connection) {
    if (connection) {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(connection));
    }
    places_.give_back();
  }

  // The server went away: what is idle went with it.
  void forget_idle() {
    std::vector<std::unique_ptr<PostgresConnection>> idle;
    const std::lock_guard lock(mutex_);
    idle.swap(idle_);
  }

  std::int64_t in_use() const { return places_.taken(); }

 private:
  std::unique_ptr<PostgresConnection> pop_idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  const std::string url_;
  Places places_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
};

// A connection for one transaction. Left without commit or end_read, it is rolled back.
class Lease {
 public:
  explicit Lease(PostgresPool& pool) : pool_(pool), connection_(pool.take()) {}
  ~Lease() {
    connection_->rollback();
    pool_.give_back(std::move(connection_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  PostgresConnection* operator->() { return connection_.get(); }
  PostgresConnection& operator*() { return *connection_; }

 private:
  PostgresPool& pool_;
  std::unique_ptr<PostgresConnection> connection_;
};

// Those who lost together must not come back together.
void wait_before_retry(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> microseconds(0, 1'000 << std::min(attempt, 7));
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
}

// Runs queued tasks; the destructor runs what is queued, then ends the threads.
class TaskThreads {
 public:
  explicit TaskThreads(int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this] {
        meter_thread("database");
        run();
      });
    }
  }
  ~TaskThreads() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  TaskThreads(const TaskThreads&) = delete;
  TaskThreads& operator=(const TaskThreads&) = delete;

  void push(std::move_only_function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      if (queue_.size() >= async_limit) throw DatabaseError("busy: too many writes are waiting");
      queue_.push_back(std::move(task));
      ++queued_;
    }
    arrived_.notify_one();
  }

  std::int64_t queued() const { return queued_; }

 private:
  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto task = std::move(queue_.front());
      queue_.pop_front();
      --queued_;
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::move_only_function<void()>> queue_;
  bool stopping_ = false;
  std::atomic<std::int64_t> queued_{0};
  std::vector<std::thread> threads_;
};

// A write inside a write would wait for the locks of its own thread; on SQLite it stops the program
// as well.
class Writing {
 public:
  explicit Writing(const Database* database) : outer_(std::exchange(current, database)) {}
  ~Writing() { current = outer_; }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  static bool to(const Database* database) { return current == database; }

 private:
  static inline thread_local const Database* current = nullptr;
  const Database* outer_;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const PostgresOptions& options)
      : pool_(options), async_(std::clamp(options.pool, 1, async_threads)) {}

  Engine engine() const override { return Engine::postgres; }

  void run_read(FunctionRef<void(Tx&)> work) override {
    with_retries([&](Lease& lease) { read_once(lease, work); });
    ++reads_;
  }

  void run_write(Work work) override {
    if (Writing::to(this)) programmer_error("a write inside a write would wait for itself");
    with_retries([&](Lease& lease) { write_once(lease, work); });
    ++writes_;
  }

  void run_write_async(AsyncWork work, Done done) override {
    async_.push([this, work = std::move(work), done = std::move(done)]() mutable {
      std::exception_ptr failure;
      try {
        run_write(work);
      } catch (...) {
        failure = std::current_exception();
      }
      done(failure);
    });
  }

  DatabaseStats stats() const override {
    return {.reads = reads_,
            .writes = writes_,
            .commits = commits_,
            .write_queue = async_.queued(),
            .pool_in_use = pool_.in_use(),
            .retries = retries_};
  }

 private:
  // A reader's callback runs again only where it has seen no row yet.
  void read_once(Lease& lease, FunctionRef<void(Tx&)> work) {
    lease->begin(PostgresConnection::Mode::read);
    PostgresTx tx(*lease);
    try {
      work(tx);
    } catch (const PostgresError& failure) {
      if (lease->statements() <= 1) throw;
      throw DatabaseError(failure.what());
    }
    lease->end_read();
  }

  void write_once(Lease& lease, Work work) {
    lease->begin(PostgresConnection::Mode::write);
    PostgresTx tx(*lease);
    const Writing writing(this);
    if (!work(tx)) return;
    lease->commit();
    ++commits_;
  }

  // Nothing was committed where a PostgresError of kind conflict or lost comes out: see commit().
  void with_retries(FunctionRef<void(Lease&)> transaction) {
    for (int attempt = 1;; ++attempt) {
      try {
        Lease lease(pool_);
        return transaction(lease);
      } catch (const PostgresError& failure) {
        if (failure.kind() == PostgresError::Kind::lost) pool_.forget_idle();
        if (failure.kind() == PostgresError::Kind::other || attempt == tries) throw;
      }
      ++retries_;
      wait_before_retry(attempt);
    }
  }

  PostgresPool pool_;
  std::atomic<std::int64_t> reads_{0};
  std::atomic<std::int64_t> writes_{0};
  std::atomic<std::int64_t> commits_{0};
  std::atomic<std::int64_t> retries_{0};
  TaskThreads async_;  // last: its threads use all the others
};

}  // namespace

std::unique_ptr<Database> open_postgres(const PostgresOptions& options) {
  return std::make_unique<PostgresDatabase>(options);
}

}  // namespace picsharz::db
