#include "jobs/queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "base/limits.h"
#include "support/test_database.h"

namespace picsharz::jobs {
namespace {

constexpr std::array all_lanes = {Lane::mail, Lane::media, Lane::upkeep};
constexpr Micros lease = 30 * second;

class QueueTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    test::DatabaseSuite::SetUp();
    if (!IsSkipped()) queue_.emplace(db(), ids_, clock_);
  }
  Queue& queue() { return *queue_; }
  JobId enqueue(const NewJob& job) {
    return db().write([&](db::Tx& tx) { return queue().enqueue(tx, job); });
  }
  std::optional<Job> claim(std::string_view worker = "w") {
    return queue().claim(all_lanes, worker, lease);
  }
  bool finish(const Job& job) {
    return db().write([&](db::Tx& tx) { return queue().finish(tx, job); });
  }
  bool retry(JobId id) {
    return db().write([&](db::Tx& tx) { return queue().retry(tx, id); });
  }
  QueueStats stats() {
    return db().read([&](db::Tx& tx) { return queue().stats(tx); });
  }
  Page<Job> list(State state, const PageRequest& page = {}) {
    return db().read([&](db::Tx& tx) { return queue().list(tx, state, page); });
  }

  FakeClock clock_;
  IdSource ids_{clock_, 1};
  std::optional<Queue> queue_;
  std::string marked_;
  bool marking_fails_ = false;
};

ON_BOTH_ENGINES(QueueTest);

TEST_P(QueueTest, WhatBeginsAJobIsWrittenWithItsClaim) {
  const auto mark = [&](db::Tx& tx, const Job& job) {
    marked_ = job.payload;
    queue().enqueue(tx, {.kind = "mark", .payload = "{}", .lane = Lane::upkeep, .delay = hour});
    if (marking_fails_) throw std::runtime_error("the test");
  };
  queue().on_claim("marked", mark);
  enqueue({.kind = "plain", .payload = "{}"});
  ASSERT_TRUE(claim());
  EXPECT_EQ(stats().waiting, 0);
  enqueue({.kind = "marked", .payload = R"({"a":1})"});
  marking_fails_ = true;
  EXPECT_THROW(claim(), std::runtime_error);
  EXPECT_EQ(stats().waiting, 1);  // neither claimed nor marked
  EXPECT_EQ(stats().running, 1);
  marking_fails_ = false;
  const auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->attempt, 1);
  EXPECT_EQ(marked_, R"({"a":1})");
  EXPECT_EQ(stats().waiting, 1);  // the mark
  EXPECT_EQ(stats().running, 2);
}

TEST_P(QueueTest, WhatADeathLeavesIsWrittenWithIt) {
  std::vector<std::string> told;
  bool telling_fails = true;
  queue().on_death("k", [&](db::Tx& tx, const Job& job) {
    queue().enqueue(tx, {.kind = "told", .payload = "{}", .delay = hour});
    if (telling_fails) throw std::runtime_error("the test");
    told.push_back(job.payload);
  });
  enqueue({.kind = "other", .payload = "{}", .attempts = 1});
  EXPECT_EQ(queue().fail(claim().value(), "broken", true), State::dead);
  EXPECT_EQ(stats().waiting, 0);
  enqueue({.kind = "k", .payload = "1", .attempts = 2});
  EXPECT_EQ(queue().fail(claim().value(), "broken", false), State::waiting);
  clock_.advance(hour);
  const auto last = claim();
  EXPECT_THROW(queue().fail(*last, "broken", false), std::runtime_error);
  EXPECT_EQ(stats().dead, 1);  // neither given up nor told
  telling_fails = false;
  EXPECT_EQ(queue().fail(*last, "broken", false), State::dead);
  EXPECT_EQ(queue().fail(*last, "broken", false), State::running);
  EXPECT_EQ(told, std::vector<std::string>{"1"});
  enqueue({.kind = "k", .payload = "2", .attempts = 1});
  EXPECT_TRUE(claim());
  clock_.advance(lease);
  EXPECT_FALSE(claim());
  EXPECT_EQ(told, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(stats().waiting, 2);
}

TEST_P(QueueTest, KnowsWhatWaitsRunsOrGaveUpAndCountsALane) {
  const auto known = [&](std::string_view key) {
    return db().read([&](db::Tx& tx) { return queue().knows(tx, "k", key); });
  };
  const auto waiting = [&](Lane lane, int most) {
    return db().read([&](db::Tx& tx) { return queue().waiting(tx, lane, most); });
  };
  for (const char* key : {"a", "b", "c"}) {
    enqueue({.kind = "k", .payload = "{}", .lane = Lane::mail, .key = key});
  }
  enqueue({.kind = "other", .payload = "{}", .key = "z"});
  EXPECT_EQ(waiting(Lane::mail, 10), 3);
  EXPECT_EQ(waiting(Lane::mail, 2), 2);
  EXPECT_EQ(waiting(Lane::media, 10), 0);
  EXPECT_TRUE(known("a"));
  EXPECT_FALSE(known("z"));
  EXPECT_FALSE(known(""));
  const auto job = claim();  // a
  EXPECT_EQ(waiting(Lane::mail, 10), 2);
  EXPECT_TRUE(known("a"));
  ASSERT_EQ(queue().fail(*job, "no", true), State::dead);
  EXPECT_TRUE(known("a"));
  ASSERT_TRUE(finish(*claim()));
  EXPECT_FALSE(known("b"));
  clock_.advance(31 * day);
  queue().prune(day);
  EXPECT_FALSE(known("a"));
}

TEST_P(QueueTest, WhatIsForLaterWaitsAndIsNotDue) {
  enqueue({.kind = "k", .payload = "{}", .delay = hour});
  enqueue({.kind = "k", .payload = "{}"});
  EXPECT_EQ(stats().waiting, 2);
  EXPECT_EQ(stats().due, 1);
  EXPECT_EQ(stats().oldest_age, 0);
  clock_.advance(hour);
  EXPECT_EQ(stats().due, 2);
  EXPECT_EQ(stats().oldest_age, hour);
}

TEST_P(QueueTest, AJobGoesFromWaitingToDone) {
  const JobId id = enqueue({.kind = "k", .payload = R"({"a":1})", .attempts = 3});
  EXPECT_EQ(stats().waiting, 1);
  clock_.advance(7);
  EXPECT_EQ(stats().oldest_age, 7);
  const auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->id, id);
  EXPECT_EQ(job->kind, "k");
  EXPECT_EQ(job->payload, R"({"a":1})");
  EXPECT_EQ(job->state, State::running);
  EXPECT_EQ(job->attempt, 1);
  EXPECT_EQ(job->attempts, 3);
  EXPECT_EQ(job->created_at, clock_.now() - 7);
  EXPECT_EQ(stats().running, 1);
  EXPECT_FALSE(claim());
  EXPECT_TRUE(finish(*job));
  EXPECT_FALSE(finish(*job));
  EXPECT_EQ(stats().waiting + stats().running + stats().dead, 0);
  EXPECT_EQ(list(State::done).items.at(0).id, id);
}

TEST_P(QueueTest, AFinishedJobKeepsNoPayload) {
  enqueue({.kind = "mail.send", .payload = R"({"to":"ada@example.org"})"});
  finish(*claim());
  EXPECT_EQ(list(State::done).items.at(0).payload, "{}");
}

TEST_P(QueueTest, VisibleOnlyAfterCommit) {
  // The transaction stays open on a thread of its own while this one looks.
  std::promise<void> enqueued, looked;
  std::jthread writer([&] {
    db().write([&](db::Tx& tx) {
      queue().enqueue(tx, {.kind = "k", .payload = "{}"});
      enqueued.set_value();
      looked.get_future().wait();
    });
  });
  enqueued.get_future().wait();
  EXPECT_FALSE(claim());
  looked.set_value();
  writer.join();
  EXPECT_TRUE(claim());
}

TEST_P(QueueTest, ARolledBackJobNeverWas) {
  EXPECT_THROW(db().write([&](db::Tx& tx) {
    queue().enqueue(tx, {.kind = "k", .payload = "{}"});
    throw std::runtime_error("changed my mind");
  }),
               std::runtime_error);
  EXPECT_FALSE(claim());
}

TEST_P(QueueTest, TheLongestWaitingComesFirstAcrossLanes) {
  const JobId first = enqueue({.kind = "a", .payload = "{}", .lane = Lane::upkeep});
  clock_.advance(1);
  const JobId second_one = enqueue({.kind = "b", .payload = "{}", .lane = Lane::mail});
  const JobId third = enqueue({.kind = "c", .payload = "{}", .lane = Lane::mail});
  EXPECT_EQ(claim()->id, first);
  EXPECT_EQ(claim()->id, second_one);
  EXPECT_EQ(claim()->id, third);
}

constexpr AccountId mei{11};
constexpr AccountId ana{12};
constexpr AccountId tom{13};

TEST_P(QueueTest, WhoAsksForManyGetsHalfWhileAnotherWaits) {
  const auto ask = [&](AccountId account, int count) {
    for (int i = 0; i < count; ++i) {
      enqueue({.kind = "k", .payload = account.str(), .lane = Lane::media, .account = account});
    }
  };
  std::string order;
  const auto serve = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const auto job = claim();
      ASSERT_TRUE(job);
      order += job->payload == mei.str() ? 'm' : job->payload == ana.str() ? 'a' : 't';
      EXPECT_TRUE(finish(*job));
    }
  };
  ask(mei, 100);
  serve(20);
  EXPECT_EQ(std::exchange(order, ""), std::string(20, 'm'));
  ask(ana, 5);
  serve(10);
  EXPECT_EQ(std::ranges::count(order, 'a'), 5) << order;
  order.clear();
  ask(ana, 10);
  ask(tom, 10);
  serve(30);
  for (const char who : {'m', 'a', 't'}) EXPECT_EQ(std::ranges::count(order, who), 10) << order;
  order.clear();
  serve(65);  // nobody else waits: all of it
  EXPECT_EQ(order, std::string(65, 'm'));
  EXPECT_FALSE(claim());
}

TEST_P(QueueTest, SeveralWorkersShareBetweenThoseWhoWait) {
  for (int i = 0; i < 50; ++i)
    enqueue({.kind = "k", .payload = "{}", .lane = Lane::media, .account = mei});
  for (int i = 0; i < 50; ++i)
    enqueue({.kind = "k", .payload = "{}", .lane = Lane::media, .account = ana});
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(claim("w" + std::to_string(i)));
  const auto of_mei = db().read([](db::Tx& tx) {
    return tx.one("SELECT count(*) FROM jobs WHERE state = 1 AND account_id = 11",
                  [](const db::Row& row) { return row.integer(0); });
  });
  EXPECT_EQ(of_mei, 4);
}

TEST_P(QueueTest, AWorkerSeesItsLanesOnly) {
  enqueue({.kind = "k", .payload = "{}", .lane = Lane::media});
  EXPECT_FALSE(queue().claim(std::array{Lane::mail, Lane::upkeep}, "w", lease));
  EXPECT_TRUE(queue().claim(std::array{Lane::media}, "w", lease));
}

TEST_P(QueueTest, ADelayedJobWaits) {
  enqueue({.kind = "k", .payload = "{}", .delay = minute});
  clock_.advance(minute - 1);
  EXPECT_FALSE(claim());
  EXPECT_EQ(stats().oldest_age, 0);
  clock_.advance(1);
  EXPECT_TRUE(claim());
}

TEST_P(QueueTest, TwoWorkersNeverGetTheSameJob) {
  constexpr int jobs = 60, workers = 6;
  for (int i = 0; i < jobs; ++i) enqueue({.kind = "k", .payload = "{}"});
  std::mutex mutex;
  std::multiset<std::int64_t> claimed;
  {
    std::vector<std::jthread> threads;
    for (int w = 0; w < workers; ++w) {
      threads.emplace_back([&, w] {
        while (const auto job = claim("worker " + std::to_string(w))) {
          const std::lock_guard lock(mutex);
          claimed.insert(job->id.value);
        }
      });
    }
  }
  // A worker may go home when another took the job it saw: the rest is still there, once each.
  while (const auto job = claim()) claimed.insert(job->id.value);
  EXPECT_EQ(claimed.size(), std::size_t{jobs});
  EXPECT_EQ(std::set(claimed.begin(), claimed.end()).size(), std::size_t{jobs});
}

TEST_P(QueueTest, AnExpiredLeaseIsClaimedAgainAndTheOldHolderIsFenced) {
  enqueue({.kind = "k", .payload = "{}"});
  const auto old_holder = claim("killed");
  clock_.advance(lease - 1);
  EXPECT_FALSE(claim());
  clock_.advance(1);
  const auto new_holder = claim("other");
  ASSERT_TRUE(new_holder);
  EXPECT_EQ(new_holder->id, old_holder->id);
  EXPECT_EQ(new_holder->attempt, 2);
  EXPECT_GT(new_holder->epoch, old_holder->epoch);
  EXPECT_EQ(new_holder->last_error, "lease lost");
  EXPECT_FALSE(finish(*old_holder));
  EXPECT_FALSE(queue().renew(*old_holder, lease));
  EXPECT_EQ(queue().fail(*old_holder, "late", false), State::running);
  EXPECT_TRUE(finish(*new_holder));
  EXPECT_FALSE(finish(*old_holder));
}

TEST_P(QueueTest, TheResultOfAFencedHolderIsRolledBack) {
  enqueue({.kind = "k", .payload = "{}"});
  const auto old_holder = claim();
  clock_.advance(lease);
  const auto new_holder = claim();
  db().run_write([&](db::Tx& tx) {
    queue().enqueue(tx, {.kind = "effect", .payload = "{}"});
    return queue().finish(tx, *old_holder);
  });
  EXPECT_EQ(stats().waiting, 0);
  EXPECT_TRUE(finish(*new_holder));
}

TEST_P(QueueTest, ARenewedLeaseHolds) {
  enqueue({.kind = "k", .payload = "{}"});
  const auto job = claim();
  for (int i = 0; i < 5; ++i) {
    clock_.advance(lease - 1);
    EXPECT_TRUE(queue().renew(*job, lease));
    EXPECT_FALSE(claim());
  }
  EXPECT_TRUE(finish(*job));
}

TEST_P(QueueTest, AJobThatKillsItsWorkerIsDeadAfterItsAttempts) {
  const JobId id = enqueue({.kind = "k", .payload = "{}", .attempts = 2});
  EXPECT_TRUE(claim());
  clock_.advance(lease);
  EXPECT_TRUE(claim());
  clock_.advance(lease);
  EXPECT_FALSE(claim());
  const Job dead = list(State::dead).items.at(0);
  EXPECT_EQ(dead.id, id);
  EXPECT_EQ(dead.last_error, "lease lost");
  EXPECT_EQ(stats().dead, 1);
}

TEST_P(QueueTest, AFailureWaitsTwiceAsLongEachTimeAndThenIsDead) {
  constexpr int attempts = 12;
  enqueue({.kind = "k", .payload = "{}", .attempts = attempts});
  for (int attempt = 1; attempt < attempts; ++attempt) {
    const auto job = claim();
    ASSERT_TRUE(job) << attempt;
    EXPECT_EQ(job->attempt, attempt);
    EXPECT_EQ(queue().fail(*job, "no luck", false), State::waiting);
    const Micros whole = std::min(second << attempt, limits::job_backoff_max);
    clock_.advance(whole / 4 * 3 - 1);
    EXPECT_FALSE(claim()) << attempt;
    clock_.advance(whole - (whole / 4 * 3 - 1));
  }
  const auto last = claim();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->last_error, "no luck");
  EXPECT_EQ(queue().fail(*last, "gave up", false), State::dead);
  EXPECT_FALSE(claim());
  EXPECT_EQ(list(State::dead).items.at(0).last_error, "gave up");
}

TEST_P(QueueTest, JobsThatFailedTogetherComeBackApart) {
  std::set<Micros> due;
  for (int i = 0; i < 20; ++i) enqueue({.kind = "k", .payload = "{}"});
  while (const auto job = claim()) queue().fail(*job, "down", false);
  for (const Job& job : list(State::waiting).items) due.insert(job.run_at);
  EXPECT_GT(due.size(), 15u);
}

TEST_P(QueueTest, APostponedJobKeepsItsAttempts) {
  enqueue({.kind = "k", .payload = "{}", .attempts = 2});
  for (int i = 0; i < 5; ++i) {
    const auto job = claim();
    ASSERT_TRUE(job);
    EXPECT_EQ(job->attempt, 1);
    EXPECT_TRUE(queue().postpone(*job, "no room", minute));
    EXPECT_FALSE(queue().postpone(*job, "no room", minute));
    EXPECT_EQ(list(State::waiting).items.at(0).last_error, "no room");
    EXPECT_FALSE(claim());
    clock_.advance(minute);
  }
}

TEST_P(QueueTest, APermanentFailureIsDeadAtOnce) {
  enqueue({.kind = "k", .payload = "{}"});
  EXPECT_EQ(queue().fail(*claim(), "not_a_photo", true), State::dead);
  EXPECT_EQ(list(State::dead).items.at(0).last_error, "not_a_photo");
}

TEST_P(QueueTest, AnyTextMayBeAReason) {
  enqueue({.kind = "k", .payload = "{}"});
  enqueue({.kind = "k", .payload = "{}"});
  queue().fail(*claim(), std::string("\xff\xfe bad \0 bytes", 14), true);
  std::string longest;
  for (int i = 0; i < 600; ++i) longest += "\xc3\xa4";
  queue().fail(*claim(), longest, true);
  const auto dead = list(State::dead).items;
  EXPECT_EQ(dead.at(1).last_error, "?? bad ? bytes");
  EXPECT_TRUE(longest.starts_with(dead.at(0).last_error));
  EXPECT_GE(dead.at(0).last_error.size(), 490u);
  EXPECT_LE(dead.at(0).last_error.size(), 500u);
}

TEST_P(QueueTest, ADeadJobIsRetriedWithAllItsAttempts) {
  const JobId id = enqueue({.kind = "k", .payload = R"({"a":1})", .attempts = 1});
  EXPECT_FALSE(retry(id));
  EXPECT_EQ(queue().fail(*claim(), "x", false), State::dead);
  EXPECT_TRUE(retry(id));
  EXPECT_FALSE(retry(id));
  EXPECT_FALSE(retry(JobId{1}));
  const auto job = claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->attempt, 1);
  EXPECT_EQ(job->payload, R"({"a":1})");
  EXPECT_TRUE(finish(*job));
}

TEST_P(QueueTest, OneWaitingOrRunningJobOfAKey) {
  const NewJob job{.kind = "k", .payload = "{}", .key = "photo 1"};
  const JobId first = enqueue(job);
  EXPECT_EQ(enqueue(job), first);
  EXPECT_NE(enqueue({.kind = "other", .payload = "{}", .key = "photo 1"}), first);
  EXPECT_NE(enqueue({.kind = "k", .payload = "{}", .key = "photo 2"}), first);
  EXPECT_EQ(stats().waiting, 3);
  const auto claimed = claim();
  EXPECT_EQ(claimed->id, first);
  EXPECT_EQ(enqueue(job), first);  // runs
  finish(*claimed);
  EXPECT_NE(enqueue(job), first);
}

TEST_P(QueueTest, JobsWithoutAKeyAreNeverMerged) {
  enqueue({.kind = "k", .payload = "{}"});
  enqueue({.kind = "k", .payload = "{}"});
  EXPECT_EQ(stats().waiting, 2);
}

TEST_P(QueueTest, ADeadJobIsNotRetriedBesideANewerOneOfItsKey) {
  const NewJob job{.kind = "k", .payload = "{}", .key = "photo 1"};
  const JobId dead = enqueue(job);
  queue().fail(*claim(), "x", true);
  enqueue(job);
  EXPECT_FALSE(retry(dead));
  finish(*claim());
  EXPECT_TRUE(retry(dead));
}

TEST_P(QueueTest, PruneRemovesOldDoneJobsAndVeryOldDeadOnes) {
  constexpr int done = 1'100;  // more than are removed in one transaction
  for (int i = 0; i < done; ++i) {
    db().write([&](db::Tx& tx) { queue().enqueue(tx, {.kind = "k", .payload = "{}"}); });
  }
  db().write([](db::Tx& tx) { tx.exec("UPDATE jobs SET state = 2, finished_at = run_at"); });
  enqueue({.kind = "dead", .payload = "{}"});
  queue().fail(*claim(), "x", true);
  const JobId waiting = enqueue({.kind = "waiting", .payload = "{}"});
  EXPECT_EQ(queue().prune(day), 0);
  clock_.advance(day + 1);
  EXPECT_EQ(queue().prune(day), done);
  EXPECT_EQ(stats().dead, 1);
  clock_.advance(30 * day);
  EXPECT_EQ(queue().prune(day), 1);
  EXPECT_EQ(claim()->id, waiting);
}

TEST_P(QueueTest, ListsComeInPagesNewestFirst) {
  std::vector<JobId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(enqueue({.kind = "k", .payload = "{}"}));
  std::vector<JobId> seen;
  PageRequest request{.after = std::nullopt, .limit = 2};
  for (;;) {
    const auto page = list(State::waiting, request);
    EXPECT_LE(page.items.size(), 2u);
    for (const Job& job : page.items) seen.push_back(job.id);
    if (!page.next) break;
    request.after = page.next;
  }
  std::ranges::reverse(ids);
  EXPECT_EQ(seen, ids);
}

TEST_P(QueueTest, AnEmptyQueueIsNotWrittenTo) {
  const auto before = db().stats().writes;
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(claim());
  EXPECT_EQ(db().stats().writes, before);
}

TEST_P(QueueTest, WakesForWhatMayRunNow) {
  std::vector<Lane> woken;
  queue().on_enqueue([&](Lane lane) { woken.push_back(lane); });
  enqueue({.kind = "k", .payload = "{}", .lane = Lane::media});
  enqueue({.kind = "k", .payload = "{}", .lane = Lane::mail, .delay = second});
  EXPECT_EQ(woken, std::vector{Lane::media});
}

// Wall time steps; steady time does not.
class SteppingClock final : public Clock {
 public:
  Micros now() const override { return wall; }
  Micros steady() const override { return steady_time; }
  Micros wall = 1'790'000'000 * second;
  Micros steady_time = 5 * second;
};

TEST_P(QueueTest, AStepOfWallTimeLosesNoLeaseAndHidesNoJob) {
  SteppingClock clock;
  Queue stepped(db(), ids_, clock);
  const auto claim_one = [&] { return stepped.claim(all_lanes, "w", lease); };
  db().write([&](db::Tx& tx) { stepped.enqueue(tx, {.kind = "k", .payload = "{}"}); });
  const auto job = claim_one();
  ASSERT_TRUE(job);
  clock.wall += 30 * day;
  EXPECT_FALSE(claim_one());
  clock.wall -= 31 * day;
  db().write([&](db::Tx& tx) { stepped.enqueue(tx, {.kind = "k", .payload = "{}"}); });
  EXPECT_TRUE(claim_one());
  clock.steady_time += lease;
  EXPECT_EQ(claim_one()->id, job->id);
}

}  // namespace
}  // namespace picsharz::jobs
