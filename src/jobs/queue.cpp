#include "jobs/queue.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"

namespace picsharz::jobs {

namespace {

constexpr int rescued_at_once = 100;
constexpr int pruned_at_once = 500;
constexpr Micros dead_kept = 30 * day;
constexpr std::size_t reason_max = 500;

#define JOB_COLUMNS \
  "id, kind, payload, lane, state, attempt, attempts, epoch, run_at, created_at, last_error"

Job job_of(const db::Row& row) {
  return {.id = row.id<JobId>(0),
          .kind = row.string(1),
          .payload = row.string(2),
          .lane = row.as<Lane>(3),
          .state = row.as<State>(4),
          .attempt = static_cast<int>(row.integer(5)),
          .attempts = static_cast<int>(row.integer(6)),
          .epoch = row.integer(7),
          .run_at = row.integer(8),
          .created_at = row.integer(9),
          .last_error = row.string(10)};
}

// Jobs that failed together must not come back together. Taken from what identifies the run, so
// that it needs no state and a test sees the same delay twice. (The mixing step of SplitMix64.)
std::uint64_t scatter(const Job& job) {
  std::uint64_t x = static_cast<std::uint64_t>(job.id.value + job.epoch) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// 2^attempt seconds, at most the limit, of which up to a quarter is taken off.
Micros backoff(const Job& job) {
  const int doublings = std::clamp(job.attempt, 0, 20);
  const Micros whole = std::min(second << doublings, limits::job_backoff_max);
  return whole - static_cast<Micros>(scatter(job) % static_cast<std::uint64_t>(whole / 4));
}

// A reason may be any exception's text; the database takes UTF-8 only.
std::string clean(std::string_view reason) {
  std::string text(reason.substr(0, reason_max));
  if (reason.size() > reason_max) {
    while (!text.empty() && (text.back() & 0xc0) == 0x80) text.pop_back();
    if (!text.empty() && (text.back() & 0x80)) text.pop_back();
  }
  if (count_characters(text)) return text;
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::optional<Job> claim_in(db::Tx& tx, Lane lane, std::string_view worker, Micros now,
                            Micros until) {
  static constexpr db::Sql claim(
      "UPDATE jobs SET state = 1, attempt = attempt + 1, epoch = epoch + 1, worker = $3,"
      " lease_until = $4 WHERE id = (SELECT id FROM jobs"
      " WHERE state = 0 AND lane = $1 AND run_at <= $2 ORDER BY turn, run_at, id LIMIT 1)"
      " RETURNING " JOB_COLUMNS,
      "UPDATE jobs SET state = 1, attempt = attempt + 1, epoch = epoch + 1, worker = $3,"
      " lease_until = $4 WHERE id = (SELECT id FROM jobs"
      " WHERE state = 0 AND lane = $1 AND run_at <= $2 ORDER BY turn, run_at, id LIMIT 1"
      " FOR UPDATE SKIP LOCKED)"
      " RETURNING " JOB_COLUMNS);
  return tx.one(claim, job_of, lane, now, worker, until);
}

}  // namespace

Queue::Queue(db::Database& database, IdSource& ids, const Clock& clock)
    : database_(database), ids_(ids), clock_(clock), offset_(clock.now() - clock.steady()) {}

// A job's turn is the lane's present one, or the one after its account's last. The lane's is that
// of the jobs that wait longest, or of those that run where none waits.
std::int64_t Queue::turn_of(db::Tx& tx, const NewJob& job) const {
  const auto number = [](const db::Row& row) { return row.integer(0); };
  const std::int64_t present =
      tx.one(
            "SELECT COALESCE((SELECT MIN(turn) FROM jobs WHERE state = 0 AND lane = $1),"
            " (SELECT MAX(turn) FROM jobs WHERE state = 1 AND lane = $1), 0)",
            number, job.lane)
          .value_or(0);
  if (!job.account) return present;
  const std::int64_t after_last = tx.one(
                                        "SELECT COALESCE(MAX(turn), -1) + 1 FROM jobs"
                                        " WHERE lane = $1 AND account_id = $2 AND state IN (0, 1)",
                                        number, job.lane, job.account)
                                      .value_or(0);
  return std::max(present, after_last);
}

JobId Queue::enqueue(db::Tx& tx, const NewJob& job) {
  const std::optional<std::string_view> key =
      job.key.empty() ? std::nullopt : std::optional(job.key);
  // DO UPDATE, not DO NOTHING: it answers the id of the job that is there already, and on
  // PostgreSQL waits for a transaction that is just enqueueing the same.
  const auto id = tx.one(
      "INSERT INTO jobs (id, kind, payload, lane, state, key, run_at, attempt, attempts, epoch,"
      " created_at, account_id, turn) VALUES ($1, $2, $3, $4, 0, $5, $6, 0, $7, 0, $8, $9, $10)"
      " ON CONFLICT (kind, key) WHERE key IS NOT NULL AND state IN (0, 1)"
      " DO UPDATE SET key = excluded.key RETURNING id",
      [](const db::Row& row) { return row.id<JobId>(0); }, ids_.next<JobId>(), job.kind,
      job.payload, job.lane, key, time() + job.delay, job.attempts, clock_.now(), job.account,
      turn_of(tx, job));
  if (wake_ && job.delay <= 0) wake_(job.lane);
  return id.value();
}

std::optional<Job> Queue::claim(std::span<const Lane> lanes, std::string_view worker,
                                Micros lease) {
  // Looking is a read, so that idle workers never take the database's one writer.
  bool expired = false;
  std::vector<Lane> due;
  database_.read([&](db::Tx& tx) {
    expired = any_expired(tx);
    due = due_lanes(tx, lanes);
  });
  if (!expired && due.empty()) return std::nullopt;
  return database_.write([&](db::Tx& tx) -> std::optional<Job> {
    if (expired) {
      rescue_expired(tx);
      due = due_lanes(tx, lanes);
    }
    const Micros now = time();
    for (const Lane lane : due) {
      auto job = claim_in(tx, lane, worker, now, now + lease);
      if (!job) continue;
      call(begun_, tx, *job);
      return job;
    }
    return std::nullopt;
  });
}

void Queue::call(const std::map<std::string, Hook, std::less<>>& hooks, db::Tx& tx,
                 const Job& job) {
  if (const auto found = hooks.find(job.kind); found != hooks.end()) found->second(tx, job);
}

// The lanes with a due job, the one that waits longest first. A query for each, because then each
// reads one row from the index.
std::vector<Lane> Queue::due_lanes(db::Tx& tx, std::span<const Lane> lanes) const {
  std::vector<std::pair<Micros, Lane>> due;
  for (const Lane lane : lanes) {
    const auto oldest = tx.one(
        "SELECT run_at FROM jobs WHERE state = 0 AND lane = $1 AND run_at <= $2"
        " ORDER BY run_at, id LIMIT 1",
        [](const db::Row& row) { return row.integer(0); }, lane, time());
    if (oldest) due.emplace_back(*oldest, lane);
  }
  std::ranges::sort(due);
  std::vector<Lane> ordered;
  ordered.reserve(due.size());
  for (const auto& [run_at, lane] : due) ordered.push_back(lane);
  return ordered;
}

bool Queue::any_expired(db::Tx& tx) const {
  return tx
      .one(
          "SELECT id FROM jobs WHERE state = 1 AND lease_until <= $1 LIMIT 1",
          [](const db::Row& row) { return row.integer(0); }, time())
      .has_value();
}

// Jobs whose worker is gone wait again, or are dead where that was the last attempt: a job that
// kills its worker must not do so for ever.
void Queue::rescue_expired(db::Tx& tx) {
  static constexpr db::Sql rescue(
      "UPDATE jobs SET state = CASE WHEN attempt >= attempts THEN 3 ELSE 0 END,"
      " finished_at = CASE WHEN attempt >= attempts THEN CAST($2 AS BIGINT) END,"
      " worker = NULL, lease_until = NULL, last_error = 'lease lost'"
      " WHERE id IN (SELECT id FROM jobs WHERE state = 1 AND lease_until <= $1"
      " ORDER BY lease_until LIMIT $3) RETURNING " JOB_COLUMNS,
      "UPDATE jobs SET state = CASE WHEN attempt >= attempts THEN 3 ELSE 0 END,"
      " finished_at = CASE WHEN attempt >= attempts THEN CAST($2 AS BIGINT) END,"
      " worker = NULL, lease_until = NULL, last_error = 'lease lost'"
      " WHERE id IN (SELECT id FROM jobs WHERE state = 1 AND lease_until <= $1"
      " ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING " JOB_COLUMNS);
  for (const Job& job : tx.all(rescue, job_of, time(), clock_.now(), rescued_at_once)) {
    const bool dead = job.state == State::dead;
    log_warning("job lost its worker", {{"job", job.id.value}, {"kind", job.kind}, {"dead", dead}});
    if (dead) call(died_, tx, job);
  }
}

bool Queue::renew(const Job& job, Micros lease) {
  return database_.write([&](db::Tx& tx) {
    return tx.exec("UPDATE jobs SET lease_until = $3 WHERE id = $1 AND epoch = $2 AND state = 1",
                   job.id, job.epoch, time() + lease) == 1;
  });
}

bool Queue::finish(db::Tx& tx, const Job& job) {
  return tx.exec(
             "UPDATE jobs SET state = 2, finished_at = $3, payload = '{}', last_error = '',"
             " worker = NULL, lease_until = NULL WHERE id = $1 AND epoch = $2 AND state = 1",
             job.id, job.epoch, clock_.now()) == 1;
}

State Queue::fail(const Job& job, std::string_view reason, bool permanent) {
  const State next = permanent || job.attempt >= job.attempts ? State::dead : State::waiting;
  const std::string text = clean(reason);
  const bool held = database_.write([&](db::Tx& tx) {
    const std::optional<Micros> finished_at =
        next == State::dead ? std::optional(clock_.now()) : std::nullopt;
    const bool failed =
        tx.exec(
            "UPDATE jobs SET state = $3, run_at = $4, last_error = $5, finished_at = $6,"
            " worker = NULL, lease_until = NULL WHERE id = $1 AND epoch = $2 AND state = 1",
            job.id, job.epoch, next, time() + backoff(job), text, finished_at) == 1;
    if (failed && next == State::dead) call(died_, tx, job);
    return failed;
  });
  return held ? next : State::running;
}

bool Queue::postpone(const Job& job, std::string_view reason, Micros delay) {
  const std::string text = clean(reason);
  return database_.write([&](db::Tx& tx) {
    return tx.exec(
               "UPDATE jobs SET state = 0, attempt = attempt - 1, run_at = $3, last_error = $4,"
               " worker = NULL, lease_until = NULL WHERE id = $1 AND epoch = $2 AND state = 1",
               job.id, job.epoch, time() + delay, text) == 1;
  });
}

bool Queue::awaits(db::Tx& tx, std::string_view kind, std::string_view key) const {
  return tx.exec("SELECT 1 FROM jobs WHERE kind = $1 AND key = $2 AND state IN (0, 1)", kind, key) >
         0;
}

bool Queue::knows(db::Tx& tx, std::string_view kind, std::string_view key) const {
  // In two, because each has its index.
  return awaits(tx, kind, key) ||
         tx.exec("SELECT 1 FROM jobs WHERE kind = $1 AND key = $2 AND state = 3 LIMIT 1", kind,
                 key) > 0;
}

int Queue::waiting(db::Tx& tx, Lane lane, int most) const {
  return tx
      .one(
          "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state = 0 AND lane = $1 LIMIT $2) "
          "counted",
          [](const db::Row& row) { return static_cast<int>(row.integer(0)); }, lane, most)
      .value_or(0);
}

QueueStats Queue::stats(db::Tx& tx) const {
  QueueStats stats;
  const Micros now = time();
  tx.each(
      "SELECT count(*), count(CASE WHEN run_at <= $1 THEN 1 END), min(run_at) FROM jobs"
      " WHERE state = 0",
      [&](const db::Row& row) {
        stats.waiting = row.integer(0);
        stats.due = row.integer(1);
        if (!row.null(2)) stats.oldest_age = std::max<Micros>(0, now - row.integer(2));
      },
      now);
  const auto count = [](const db::Row& row) { return row.integer(0); };
  stats.running = tx.one("SELECT count(*) FROM jobs WHERE state = 1", count).value_or(0);
  stats.dead = tx.one("SELECT count(*) FROM jobs WHERE state = 3", count).value_or(0);
  return stats;
}

LaneStats Queue::stats(db::Tx& tx, Lane lane) const {
  LaneStats stats;
  tx.each(
      "SELECT count(*), min(created_at) FROM jobs WHERE state IN (0, 1) AND lane = $1",
      [&](const db::Row& row) {
        stats.waiting = row.integer(0);
        if (!row.null(1)) stats.oldest_age = std::max<Micros>(0, clock_.now() - row.integer(1));
      },
      lane);
  const auto reason = tx.one(
      "SELECT last_error FROM jobs WHERE state IN (0, 1) AND lane = $1 AND last_error <> ''"
      " ORDER BY created_at, id LIMIT 1",
      [](const db::Row& row) { return row.string(0); }, lane);
  stats.last_error = reason.value_or("");
  return stats;
}

Page<Job> Queue::list(db::Tx& tx, State state, const PageRequest& page) const {
  const int limit = std::clamp(page.limit, 1, limits::page_max);
  const std::int64_t before = page.after ? page.after->id : INT64_MAX;
  Page<Job> found;
  found.items = tx.all("SELECT " JOB_COLUMNS
                       " FROM jobs WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                       job_of, state, before, limit + 1);
  if (found.items.size() > static_cast<std::size_t>(limit)) {
    found.items.pop_back();
    const Job& last = found.items.back();
    found.next = Position{.key = last.created_at, .id = last.id.value};
  }
  return found;
}

bool Queue::retry(db::Tx& tx, JobId id) {
  const auto lane = tx.one(
      "UPDATE jobs SET state = 0, attempt = 0, run_at = $2, finished_at = NULL"
      " WHERE id = $1 AND state = 3 AND NOT EXISTS (SELECT 1 FROM jobs AS other"
      " WHERE other.kind = jobs.kind AND other.key = jobs.key AND other.key IS NOT NULL"
      " AND other.state IN (0, 1)) RETURNING lane",
      [](const db::Row& row) { return row.as<Lane>(0); }, id, time());
  if (lane && wake_) wake_(*lane);
  return lane.has_value();
}

int Queue::prune(Micros age) {
  const Micros now = clock_.now();
  int removed = 0;
  // In pieces: one large transaction would keep every other writer waiting.
  for (int piece = pruned_at_once; piece == pruned_at_once; removed += piece) {
    piece = static_cast<int>(database_.write([&](db::Tx& tx) {
      return tx.exec(
          "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state IN (2, 3)"
          " AND finished_at < $1 AND (state = 2 OR finished_at < $2)"
          " ORDER BY finished_at LIMIT $3)",
          now - age, now - std::max(age, dead_kept), pruned_at_once);
    }));
  }
  return removed;
}

}  // namespace picsharz::jobs
