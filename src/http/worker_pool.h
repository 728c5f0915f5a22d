// Threads that may block, behind a queue that is bounded.
//
// What:      submit() hands a task over or says at once that the queue is full; nothing waits.
// Threads:   submit(), waiting(), most_awake() and stop() from any thread but the pool's own.
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
  // How many workers were awake at once since this was asked last.
  int most_awake() { return most_awake_.exchange(awake_, std::memory_order_relaxed); }
  void stop();

 private:
  void run();
  void sleep(std::unique_lock<std::mutex>& lock);
  void count_awake();
  bool should_wake();  // with the lock

  const int workers_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  std::atomic<std::size_t> waiting_{0};
  int idle_ = 0;  // workers that sleep
  std::atomic<int> awake_{0};
  std::atomic<int> most_awake_{0};
  bool waking_ = false;  // one of them was notified and has not looked yet
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace picsharz::http
