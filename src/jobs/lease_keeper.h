// Renews the leases of the jobs that run in this process, on one thread.
//
// What:      between hold() and drop() a job's lease is renewed at every turn; a turn is a third of
//            the shortest lease, so that two renewals may fail before a lease is lost.
// Threads:   hold() and drop() from any thread; start() and stop() from one.
// Failures:  a renewal that throws is logged and tried again at the next turn. A lost lease is
//            logged and forgotten: the handler runs on, and its result is fenced off by the epoch.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "jobs/queue.h"

namespace picsharz::jobs {

class LeaseKeeper {
 public:
  LeaseKeeper(Queue& queue, Micros turn) : queue_(queue), turn_(turn) {}

  void start();
  void stop();
  void hold(const Job& job, Micros lease);
  void drop(const Job& job);

 private:
  struct Held {
    std::int64_t epoch;
    Micros lease;
  };

  void run(const std::stop_token& stopping);
  void renew(JobId id, const Held& held);

  Queue& queue_;
  const Micros turn_;
  std::mutex mutex_;
  std::condition_variable_any alarm_;
  std::map<JobId, Held> held_;
  std::jthread thread_;
};

}  // namespace picsharz::jobs
