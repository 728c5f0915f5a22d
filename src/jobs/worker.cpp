#include "jobs/worker.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "base/cpu_meter.h"
#include "base/giving_way.h"
#include "base/log.h"
#include "jobs/lease_keeper.h"
#include "jobs/poll_schedule.h"

namespace picsharz::jobs {

namespace {

Micros steady_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// For the administrator who looks at a stuck job; the fence is the epoch.
std::string worker_name() {
  char host[65] = {};
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return std::string(host) + ":" + std::to_string(::getpid());
}

// What its threads do, to the meter of CPU time.
std::string_view work_of(const WorkerOptions& group) {
  static constexpr std::array<std::string_view, 5> lanes = {"mail", "media", "upkeep", "extras",
                                                            "notices"};
  return group.lanes.empty() ? "upkeep" : lanes[static_cast<std::size_t>(group.lanes.front())];
}

Micros shortest_lease(const std::vector<WorkerOptions>& groups) {
  Micros shortest = limits::job_lease;
  for (const WorkerOptions& group : groups) shortest = std::min(shortest, group.lease);
  return shortest;
}

// While people wait, a crew rests twice as long as it worked.
constexpr int rest_factor = 2;
constexpr Micros rest_max = second / 2;

// The threads that serve the same lanes. One of the idle ones at a time has the turn to look for a
// job; the others sleep.
class Crew {
 public:
  explicit Crew(WorkerOptions options) : options_(std::move(options)), schedule_(options_.poll) {}

  const WorkerOptions& options() const { return options_; }
  bool serves(Lane lane) const { return std::ranges::count(options_.lanes, lane) > 0; }

  // Sleeps until it is the caller's turn to look for a job. False: stop.
  bool wait_for_turn() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const Micros now = steady_now();
      if (schedule_.due(now)) {
        schedule_.looked(now);
        return true;
      }
      const std::chrono::microseconds next(schedule_.next());
      alarm_.wait_until(lock, std::chrono::steady_clock::time_point(next));
    }
    return false;
  }

  bool stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }
  // False: others work already, and there is no room for one more.
  bool begin() {
    const std::lock_guard lock(mutex_);
    if (working_ >= most_at_once()) return false;
    ++working_;
    return true;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --working_;
  }
  // After work of that length, before the next. Ends early to stop.
  void rest(Micros worked) {
    if (press() != Press::much) return;
    std::unique_lock lock(mutex_);
    resting_.wait_for(lock, std::chrono::microseconds(std::min(rest_factor * worked, rest_max)),
                      [this] { return stopping_; });
  }
  void found() {
    const std::lock_guard lock(mutex_);
    schedule_.found(steady_now());
    alarm_.notify_one();
  }
  void wake() {
    const std::lock_guard lock(mutex_);
    schedule_.woken(steady_now());
    alarm_.notify_one();
  }
  void stop(bool stopping) {
    const std::lock_guard lock(mutex_);
    stopping_ = stopping;
    alarm_.notify_all();
    resting_.notify_all();
  }

 private:
  Press press() const { return options_.press ? options_.press() : Press::none; }
  int most_at_once() const {
    if (working_ == 0) return 1;  // one works whatever the press is
    switch (press()) {
      case Press::none:
        return options_.threads;
      case Press::some:
        return std::max(1, options_.threads - 1);
      case Press::much:
        return 1;
    }
    return 1;
  }

  const WorkerOptions options_;
  std::mutex mutex_;
  std::condition_variable alarm_;
  std::condition_variable resting_;
  PollSchedule schedule_;
  bool stopping_ = false;
  int working_ = 0;  // threads that have a job, or look for one
};

// A thread's share in the work of its crew.
class Share {
 public:
  explicit Share(Crew& crew) : crew_(crew), taken_(crew.begin()) {}
  ~Share() {
    if (taken_) crew_.end();
  }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  explicit operator bool() const { return taken_; }

 private:
  Crew& crew_;
  const bool taken_;
};

// A job's lease is kept as long as this lives.
class KeptLease {
 public:
  KeptLease(LeaseKeeper& keeper, const Job& job, Micros lease) : keeper_(keeper), job_(job) {
    keeper_.hold(job, lease);
  }
  ~KeptLease() { keeper_.drop(job_); }
  KeptLease(const KeptLease&) = delete;
  KeptLease& operator=(const KeptLease&) = delete;

 private:
  LeaseKeeper& keeper_;
  const Job& job_;
};

}  // namespace

void HandlerTable::add(std::string kind, JobHandler handler) {
  const bool added = handlers_.emplace(std::move(kind), std::move(handler)).second;
  assert(added && "two handlers of one kind");
  static_cast<void>(added);
}

const JobHandler* HandlerTable::find(std::string_view kind) const {
  const auto found = handlers_.find(kind);
  return found == handlers_.end() ? nullptr : &found->second;
}

class WorkerPool::Impl {
 public:
  Impl(Queue& queue, db::Database& database, const HandlerTable& handlers,
       std::vector<WorkerOptions> groups)
      : queue_(queue),
        database_(database),
        handlers_(handlers),
        keeper_(queue, shortest_lease(groups) / 3) {
    for (WorkerOptions& group : groups) crews_.push_back(std::make_unique<Crew>(std::move(group)));
  }

  void start() {
    assert(threads_.empty() && "started twice");
    keeper_.start();
    for (const auto& crew : crews_) {
      crew->stop(false);
      for (int i = 0; i < crew->options().threads; ++i) {
        threads_.emplace_back([this, &crew = *crew] {
          meter_thread(work_of(crew.options()));
          if (crew.options().niceness > 0) give_way(0, crew.options().niceness);
          serve(crew);
        });
      }
    }
  }

  void stop() {
    for (const auto& crew : crews_) crew->stop(true);
    threads_.clear();  // joins
    keeper_.stop();    // only now: the last handlers need their leases
  }

  void wake(Lane lane) {
    for (const auto& crew : crews_) {
      if (crew->serves(lane)) crew->wake();
    }
  }

 private:
  void serve(Crew& crew) {
    while (crew.wait_for_turn()) {
      while (work_one(crew)) {
        if (crew.stopping()) return;
      }
    }
  }

  // False: there is no job, or it is not this thread's time.
  bool work_one(Crew& crew) {
    const Share share(crew);
    if (!share) return false;
    const auto job = claim(crew.options());
    if (!job) return false;
    crew.found();
    const Micros started = steady_now();
    run(*job, crew.options().lease);
    crew.rest(steady_now() - started);
    return true;
  }

  // None, too, while the database is down: the next turn tries again.
  std::optional<Job> claim(const WorkerOptions& options) {
    try {
      return queue_.claim(options.lanes, name_, options.lease);
    } catch (const std::exception& failure) {
      log_warning("no job claimed", {{"reason", failure.what()}});
      return std::nullopt;
    }
  }

  void run(const Job& job, Micros lease) {
    const KeptLease kept(keeper_, job, lease);
    const JobHandler* handler = handlers_.find(job.kind);
    if (!handler) return give_up(job, "unknown_kind", "", true);
    try {
      const Result<Finished> result = (*handler)(job);
      if (!result) return give_up(job, result.error().code, result.error().detail, true);
      if (*result == Finished::no) finish(job);
    } catch (const Postponed& wait) {
      postpone(job, wait);
    } catch (const std::exception& failure) {
      give_up(job, failure.what(), "", false);
    } catch (...) {
      give_up(job, "unknown exception", "", false);
    }
  }

  void finish(const Job& job) {
    const bool held = database_.write([&](db::Tx& tx) { return queue_.finish(tx, job); });
    if (!held) log_warning("job ended after its lease", {{"job", job.id.value}});
  }

  void postpone(const Job& job, const Postponed& wait) {
    try {
      queue_.postpone(job, wait.what(), wait.delay());
      log_warning("job postponed",
                  {{"job", job.id.value}, {"kind", job.kind}, {"reason", wait.what()}});
    } catch (const std::exception& failure) {
      // Nothing was written: the lease runs out and the job is claimed again.
      log_warning("job not postponed", {{"job", job.id.value}, {"reason", failure.what()}});
    }
  }

  void give_up(const Job& job, std::string_view reason, std::string_view detail, bool permanent) {
    try {
      const State state = queue_.fail(job, reason, permanent);
      log_line(state == State::dead ? LogLevel::error : LogLevel::warning,
               state == State::dead ? "job is dead" : "job failed",
               {{"job", job.id.value},
                {"kind", job.kind},
                {"attempt", job.attempt},
                {"reason", reason},
                {"detail", detail}});
    } catch (const std::exception& failure) {
      // Nothing was written: the lease runs out and the job is claimed again.
      log_warning("job's failure not recorded",
                  {{"job", job.id.value}, {"reason", failure.what()}});
    }
  }

  Queue& queue_;
  db::Database& database_;
  const HandlerTable& handlers_;
  const std::string name_ = worker_name();
  std::vector<std::unique_ptr<Crew>> crews_;
  LeaseKeeper keeper_;
  std::vector<std::jthread> threads_;
};

WorkerPool::WorkerPool(Queue& queue, db::Database& database, const HandlerTable& handlers,
                       std::vector<WorkerOptions> options)
    : impl_(std::make_unique<Impl>(queue, database, handlers, std::move(options))) {}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::start() { impl_->start(); }
void WorkerPool::stop() { impl_->stop(); }
void WorkerPool::wake(Lane lane) { impl_->wake(lane); }

}  // namespace picsharz::jobs
