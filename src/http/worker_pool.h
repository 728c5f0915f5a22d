// Threads that may block, behind a queue that is bounded.
//
// What:      submit() hands a task over or says at once that the queue is full; nothing waits.
// Threads:   submit(), waiting(), busy() and stop() from any thread but the pool's own.
// Failures:  a task must not throw. stop() throws away what waits and joins what runs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace picsharz::http {

class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;

  WorkerPool(int workers, std::size_t queue);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void start();
  // False: the queue is full, or the pool is stopped.
  bool submit(Task task);
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  // Workers that are awake.
  int busy() const { return started_.load() - idle_.load(std::memory_order_relaxed); }
  void stop();

 private:
  void run();
  bool should_wake();  // with the lock

  const int workers_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<int> started_{0};
  std::atomic<int> idle_{0};  // workers that sleep; changed with the lock
  bool waking_ = false;       // one of them was notified and has not looked yet
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace picsharz::http
