// The schedule: tasks that are due again and again, run once however many processes there are.
//
// What:      when a task is due, the first process that looks moves its row of `schedules` on and
//            enqueues its job in the same transaction; the others find it moved. A task that is
//            still waiting or running is not enqueued a second time.
// Time:      wall time, so that a restart does not run everything anew. A clock that was set back
//            delays a task by no more than its interval.
// Threads:   add tasks before start(); run functions are called by workers of Lane::upkeep.
// Failures:  enqueue_due() throws DatabaseError; the thread logs the first of a row and goes on. A
//            task that throws is retried like any job.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "jobs/worker.h"

namespace picsharz::jobs {

class Schedule {
 public:
  Schedule(Queue& queue, db::Database& database, const Clock& clock)
      : queue_(queue), database_(database), clock_(clock) {}
  ~Schedule();
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  // `name`: "sessions.prune", also the kind of its job, after "task.". `run` may be repeated.
  void add(std::string name, Micros every, std::function<void()> run);
  void add_handlers(HandlerTable& handlers);
  void start();
  void stop();
  // One look: how many were due and not taken by another process. The thread's work, and a test's.
  int enqueue_due();

 private:
  struct Task {
    std::string name;
    Micros every = 0;
    std::function<void()> run;
  };

  bool due(db::Tx& tx, const Task& task, Micros now) const;
  bool take(const Task& task, Micros now);
  void run();

  Queue& queue_;
  db::Database& database_;
  const Clock& clock_;
  std::vector<Task> tasks_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::jobs
