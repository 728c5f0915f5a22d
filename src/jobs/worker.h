// Workers: threads that claim jobs of their lanes and run the handlers of the job table.
//
// Leases:    renewed at a third of their length while the handler runs. One that runs out without
//            renewal (the process was killed) gives the job to another worker.
// Idle:      costs one indexed read a poll and group of lanes; after wake() they look within
//            milliseconds (poll_schedule.h).
// Threads:   start() returns at once; stop() lets running handlers end, then joins. Handlers run on
//            several threads at once. wake() never waits for anything.
// Failures:  a handler that returns an Error buries the job at once (it will never succeed), with
//            the error's code as the reason; one that throws is retried; one that throws Postponed
//            is retried as often as it takes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/limits.h"
#include "jobs/press.h"
#include "jobs/queue.h"

namespace picsharz::jobs {

// Runs one job. It calls queue.finish(tx, job) in the transaction of its result, or leaves it to
// the worker where it has none of its own (return Finished::no).
enum class Finished { no, yes };
using JobHandler = std::function<Result<Finished>(const Job&)>;

// What the job needs is not there for now (the disk is full): trying again costs no attempt.
class Postponed : public std::runtime_error {
 public:
  Postponed(const std::string& reason, Micros delay) : std::runtime_error(reason), delay_(delay) {}
  Micros delay() const { return delay_; }

 private:
  Micros delay_;
};

class HandlerTable {
 public:
  void add(std::string kind, JobHandler handler);
  const JobHandler* find(std::string_view kind) const;

 private:
  std::map<std::string, JobHandler, std::less<>> handlers_;
};

struct WorkerOptions {
  std::vector<Lane> lanes;
  int threads = 1;
  Micros lease = limits::job_lease;
  Micros poll = second;
  int niceness = 0;  // of the threads (base/giving_way.h): 19 gives way to everybody
  // None: all threads of the group work. Some: one of them does not, where there is another. Much:
  // one works at a time, and rests between its jobs.
  std::function<Press()> press{};
};

class WorkerPool {
 public:
  WorkerPool(Queue& queue, db::Database& database, const HandlerTable& handlers,
             std::vector<WorkerOptions> options);
  ~WorkerPool();  // stops
  void start();
  void stop();
  void wake(Lane lane);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace picsharz::jobs
