// Threads that may block, behind a queue that is bounded.
//
// What:      submit() hands a task over or says at once that it would wait too long; it never waits
//            itself. Whoever brings a task says how patient it is. A queue that is long only for a
//            moment refuses nothing but what does not fit; how long its first has waited counts
//            where there was always somebody in it for `standing`.
// Source:    telling a burst from a standing queue is CoDel's idea (Nichols and Jacobson,
//            "Controlling Queue Delay", ACM Queue 2012).
// Threads:   submit(), waiting(), most_awake() and stop() from any thread but the pool's own.
// Failures:  a task must not throw. stop() throws away what waits and joins what runs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace picsharz::http {

// Of a clock that never goes back.
Micros steady_now();

struct Patience {
  Micros wait = std::numeric_limits<Micros>::max();
  int share = 100;  // percent of the queue that may be taken before it

  friend bool operator==(const Patience&, const Patience&) = default;
};

class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;
  using SteadyNow = Micros (*)();

  static constexpr Micros standing = second / 2;

  WorkerPool(int workers, std::size_t queue, SteadyNow now = &steady_now);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // `first`: what each thread does before anything else.
  void start(void (*first)() = nullptr);
  // False: it would wait longer than it is patient, or the pool is stopped.
  bool submit(Task task, Patience patience = {});
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  // How many workers were awake at once since this was asked last.
  int most_awake() { return most_awake_.exchange(awake_, std::memory_order_relaxed); }
  void stop();

 private:
  struct Waiting {
    Task task;
    Micros since = 0;
  };

  void run();
  void sleep(std::unique_lock<std::mutex>& lock);
  void count_awake();
  // With the lock:
  bool should_wake();
  bool has_room(const Patience& patience, Micros now) const;

  const int workers_;
  const std::size_t capacity_;
  const SteadyNow now_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  Micros nobody_at_ = 0;  // when the queue was last seen empty
  std::atomic<std::size_t> waiting_{0};
  int idle_ = 0;  // workers that sleep
  std::atomic<int> awake_{0};
  std::atomic<int> most_awake_{0};
  bool waking_ = false;  // one of them was notified and has not looked yet
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace picsharz::http
