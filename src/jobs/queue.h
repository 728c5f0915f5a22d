// Durable jobs: work that happens after the transaction that asked for it.
//
// What:      enqueue() inside a transaction; the job is visible only if it commits. A worker claims
//            a job with a lease, renews it while the handler runs, and finishes, retries with
//            back-off or buries it with its reason. Jobs run at least once: handlers are
//            idempotent. `epoch` is the fencing token: a result is written only by the holder of
//            the newest lease.
// Lanes:     a worker serves some lanes; work of one lane never waits for another's.
// Fairness:  within a lane accounts take turns: who asks for ten thousand jobs gets one of two
//            while somebody else waits (migration 0009 names the algorithm).
// Time:      leases and waits run on a clock that wall time cannot move: wall time when the process
//            began, steady from there. created_at is wall time, for people.
// Threads:   any thread; on_enqueue() before the first of them.
// Failures:  those of the database.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/page.h"
#include "db/database.h"

namespace picsharz::jobs {

enum class Lane {
  mail = 0,  // what a mail server may keep waiting
  media = 1,
  upkeep = 2,
  extras = 3,
  notices = 4,  // what people are told, before it is a mail
};
enum class State { waiting = 0, running = 1, done = 2, dead = 3 };

struct NewJob {
  std::string_view kind;     // "mail.send", "photo.develop"
  std::string_view payload;  // a flat JSON object
  Lane lane = Lane::upkeep;
  AccountId account{};  // whose turn it takes; 0: nobody's, it waits for no turn
  Micros delay = 0;
  // Not empty: at most one waiting or running job of that kind and key; a second enqueue is
  // nothing and answers the id of the first.
  std::string_view key = "";
  int attempts = 5;  // then dead
};

struct Job {
  JobId id;
  std::string kind;
  std::string payload;
  Lane lane = Lane::upkeep;
  State state = State::waiting;
  int attempt = 0;   // of this run, from 1
  int attempts = 0;  // at most
  std::int64_t epoch = 0;
  Micros run_at = 0;
  Micros created_at = 0;
  std::string last_error;
};

struct QueueStats {
  std::int64_t waiting = 0;  // those that are for later, too
  std::int64_t due = 0;
  std::int64_t running = 0;
  std::int64_t dead = 0;
  Micros oldest_age = 0;  // of the oldest due job
};

// What waits in one lane.
struct LaneStats {
  std::int64_t waiting = 0;
  Micros oldest_age = 0;   // since it was asked for
  std::string last_error;  // why the one that waits longest was not done before, or ""
};

class Queue {
 public:
  Queue(db::Database& database, IdSource& ids, const Clock& clock);

  JobId enqueue(db::Tx& tx, const NewJob& job);
  // The due job that waits longest, leased to `worker`; an expired lease is due again. What
  // on_claim() was given for its kind is in the same transaction.
  std::optional<Job> claim(std::span<const Lane> lanes, std::string_view worker, Micros lease);
  // False: the lease was lost, stop working.
  bool renew(const Job& job, Micros lease);
  // In the transaction that writes the job's result. False: lease lost, roll back. The payload of
  // a finished job is emptied: it may hold an address or a code that must not outlive its use.
  bool finish(db::Tx& tx, const Job& job);
  // Waits with back-off (2^attempt seconds and jitter, at most limits::job_backoff_max), or dead.
  // State::running: the lease was lost, another holder decides and nothing was written.
  State fail(const Job& job, std::string_view reason, bool permanent);

  // Waits for `delay` and keeps its attempt: what it needs is not there, which is not its fault.
  // False: the lease was lost.
  bool postpone(const Job& job, std::string_view reason, Micros delay);

  // Whether a job of this kind and key waits or runs.
  bool awaits(db::Tx& tx, std::string_view kind, std::string_view key) const;
  // Whether it waits, runs or is dead: for work that, once it gave up, is
  // not to be asked for again before somebody lets it try again or the dead job is pruned.
  bool knows(db::Tx& tx, std::string_view kind, std::string_view key) const;
  // How many jobs of a lane wait, counted up to `most`.
  int waiting(db::Tx& tx, Lane lane, int most) const;
  QueueStats stats(db::Tx& tx) const;
  LaneStats stats(db::Tx& tx, Lane lane) const;
  Page<Job> list(db::Tx& tx, State state, const PageRequest& page) const;  // newest first
  // A dead one waits again, with all its attempts. False where it is not dead, or where another job
  // of its kind and key waits or runs.
  bool retry(db::Tx& tx, JobId id);
  // Removes jobs that were done longer ago than `age`, and dead ones after 30 days; how many.
  int prune(Micros age);

  // Called on the thread of the transaction (it must not block) when a job was enqueued that may
  // run at once, shortly before it commits: wakes the workers. Polling finds the others.
  void on_enqueue(std::function<void(Lane)> wake) { wake_ = std::move(wake); }

  // What is written when a job of that kind begins. It must not fail for what the job says: nobody
  // would get past it. Before workers start.
  using Hook = std::function<void(db::Tx&, const Job&)>;
  void on_claim(std::string kind, Hook begun) { begun_[std::move(kind)] = std::move(begun); }
  // The same when one is dead, also where that is because its worker was: whoever waits for what it
  // was to do is not to wait for ever.
  void on_death(std::string kind, Hook died) { died_[std::move(kind)] = std::move(died); }

 private:
  Micros time() const { return offset_ + clock_.steady(); }
  std::int64_t turn_of(db::Tx& tx, const NewJob& job) const;
  std::vector<Lane> due_lanes(db::Tx& tx, std::span<const Lane> lanes) const;
  bool any_expired(db::Tx& tx) const;
  void rescue_expired(db::Tx& tx);
  static void call(const std::map<std::string, Hook, std::less<>>& hooks, db::Tx& tx,
                   const Job& job);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  const Micros offset_;  // from steady time to wall time, as it was at the start
  std::function<void(Lane)> wake_;
  std::map<std::string, Hook, std::less<>> begun_;
  std::map<std::string, Hook, std::less<>> died_;
};

}  // namespace picsharz::jobs
