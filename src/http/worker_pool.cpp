#include "http/worker_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace picsharz::http {

Micros steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

WorkerPool::WorkerPool(int workers, std::size_t queue, SteadyNow now)
    : workers_(std::max(workers, 1)), capacity_(std::max<std::size_t>(queue, 1)), now_(now) {}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::start(void (*first)()) {
  for (int i = 0; i < workers_; ++i) {
    threads_.emplace_back([this, first] {
      if (first != nullptr) first();
      run();
    });
  }
}

bool WorkerPool::has_room(const Patience& patience, Micros now) const {
  if (queue_.empty()) return true;
  const std::size_t share = (capacity_ * static_cast<std::size_t>(patience.share) + 99) / 100;
  if (queue_.size() >= share) return false;
  return now - nobody_at_ < standing || now - queue_.front().since <= patience.wait;
}

bool WorkerPool::submit(Task task, Patience patience) {
  bool wake = false;
  const Micros now = now_();
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || !has_room(patience, now)) return false;
    if (queue_.empty()) nobody_at_ = now;
    queue_.push_back({std::move(task), now});
    waiting_.store(queue_.size(), std::memory_order_relaxed);
    wake = should_wake();
  }
  if (wake) wake_.notify_one();
  return true;
}

// One worker is woken at a time, and wakes the next if there is more to do: under load most tasks
// are taken by workers that are awake anyway, and no system call is made for them.
bool WorkerPool::should_wake() {
  if (queue_.empty() || idle_ == 0 || waking_) return false;
  waking_ = true;
  return true;
}

// With the lock.
void WorkerPool::sleep(std::unique_lock<std::mutex>& lock) {
  ++idle_;
  --awake_;
  wake_.wait(lock);
  --idle_;
  waking_ = false;
  count_awake();
}

// With the lock.
void WorkerPool::count_awake() {
  const int awake = ++awake_;
  if (awake > most_awake_) most_awake_ = awake;
}

void WorkerPool::run() {
  {
    const std::lock_guard lock(mutex_);
    count_awake();
  }
  for (;;) {
    Task task;
    bool wake = false;
    {
      std::unique_lock lock(mutex_);
      while (!stopped_ && queue_.empty()) sleep(lock);
      if (stopped_) {
        --awake_;
        return;
      }
      task = std::move(queue_.front().task);
      queue_.pop_front();
      waiting_.store(queue_.size(), std::memory_order_relaxed);
      wake = should_wake();
    }
    if (wake) wake_.notify_one();
    task();
  }
}

void WorkerPool::stop() {
  std::deque<Waiting> discarded;  // destroyed without the lock: a task may own anything
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    discarded.swap(queue_);
    waiting_.store(0, std::memory_order_relaxed);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace picsharz::http
