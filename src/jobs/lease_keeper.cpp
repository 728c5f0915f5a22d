#include "jobs/lease_keeper.h"

#include <chrono>
#include <exception>

#include "base/log.h"

namespace picsharz::jobs {

void LeaseKeeper::start() {
  thread_ = std::jthread([this](const std::stop_token& stopping) { run(stopping); });
}

void LeaseKeeper::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void LeaseKeeper::hold(const Job& job, Micros lease) {
  const std::lock_guard lock(mutex_);
  held_[job.id] = {job.epoch, lease};
}

// Not where a newer run of the same job took its place.
void LeaseKeeper::drop(const Job& job) {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(job.id);
  if (found != held_.end() && found->second.epoch == job.epoch) held_.erase(found);
}

void LeaseKeeper::run(const std::stop_token& stopping) {
  std::unique_lock lock(mutex_);
  while (!stopping.stop_requested()) {
    alarm_.wait_for(lock, stopping, std::chrono::microseconds(turn_), [] { return false; });
    if (stopping.stop_requested()) return;
    const auto due = held_;
    lock.unlock();
    for (const auto& [id, held] : due) renew(id, held);
    lock.lock();
  }
}

void LeaseKeeper::renew(JobId id, const Held& held) {
  Job job;
  job.id = id;
  job.epoch = held.epoch;
  try {
    if (queue_.renew(job, held.lease)) return;
  } catch (const std::exception& failure) {
    log_warning("job lease not renewed", {{"job", id.value}, {"reason", failure.what()}});
    return;
  }
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  if (found == held_.end() || found->second.epoch != held.epoch) return;  // it ended meanwhile
  log_warning("job lease lost", {{"job", id.value}});
  held_.erase(found);
}

}  // namespace picsharz::jobs
