#include "app/upkeep.h"

#include <chrono>

#include "base/log.h"

namespace picsharz::app {

namespace {

constexpr auto interval = std::chrono::minutes(10);
constexpr const char* job_kind = "upkeep";

}  // namespace

Upkeep::~Upkeep() { stop(); }

void Upkeep::add_handler(jobs::HandlerTable& handlers) {
  handlers.add(job_kind, [this](const jobs::Job&) -> Result<jobs::Finished> {
    for (const auto& task : tasks_) task();
    return jobs::Finished::no;
  });
}

void Upkeep::start() {
  thread_ = std::thread([this] { run(); });
}

void Upkeep::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::run() {
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    enqueue();
    lock.lock();
  } while (!stop_.wait_for(lock, interval, [this] { return stopping_; }));
}

void Upkeep::enqueue() {
  try {
    database_.write([&](db::Tx& tx) {
      queue_.enqueue(tx, {.kind = job_kind, .payload = "{}", .key = "upkeep"});
    });
  } catch (const db::DatabaseError& failure) {
    log_warning("upkeep waits for the database", {{"detail", failure.what()}});
  }
}

}  // namespace picsharz::app
