#include "jobs/schedule.h"

#include <chrono>
#include <exception>
#include <utility>

#include "base/log.h"

namespace picsharz::jobs {

namespace {

constexpr auto look_interval = std::chrono::seconds(10);

std::string kind_of(const std::string& name) { return "task." + name; }

}  // namespace

Schedule::~Schedule() { stop(); }

void Schedule::add(std::string name, Micros every, std::function<void()> run) {
  tasks_.push_back({std::move(name), every, std::move(run)});
}

void Schedule::add_handlers(HandlerTable& handlers) {
  for (const Task& task : tasks_) {
    handlers.add(kind_of(task.name), [run = task.run](const Job&) -> Result<Finished> {
      run();
      return Finished::no;
    });
  }
}

void Schedule::start() {
  thread_ = std::thread([this] { run(); });
}

void Schedule::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

int Schedule::enqueue_due() {
  const Micros now = clock_.now();
  int taken = 0;
  for (const Task& task : tasks_) {
    // Looking is a read, so that idle processes never take the database's one writer.
    const bool is_due = database_.read([&](db::Tx& tx) { return due(tx, task, now); });
    if (is_due && take(task, now)) ++taken;
  }
  return taken;
}

// A next time further away than the interval was written by a clock that went ahead.
bool Schedule::due(db::Tx& tx, const Task& task, Micros now) const {
  const auto next_at = tx.one(
      "SELECT next_at FROM schedules WHERE name = $1",
      [](const db::Row& row) { return row.integer(0); }, task.name);
  return !next_at || *next_at <= now || *next_at > now + task.every;
}

bool Schedule::take(const Task& task, Micros now) {
  return database_.write([&](db::Tx& tx) {
    const bool mine = tx.exec(
                          "INSERT INTO schedules (name, next_at) VALUES ($1, $2)"
                          " ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at"
                          " WHERE schedules.next_at <= $3 OR schedules.next_at > $2",
                          task.name, now + task.every, now) == 1;
    if (mine) queue_.enqueue(tx, {.kind = kind_of(task.name), .payload = "{}", .key = task.name});
    return mine;
  });
}

void Schedule::run() {
  bool failed = false;
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    try {
      enqueue_due();
      failed = false;
    } catch (const std::exception& failure) {
      if (!failed) log_warning("the schedule waits", {{"detail", failure.what()}});
      failed = true;
    }
    lock.lock();
  } while (!stop_.wait_for(lock, look_interval, [this] { return stopping_; }));
}

}  // namespace picsharz::jobs
