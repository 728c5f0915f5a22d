#include "jobs/worker.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "support/test_database.h"

namespace picsharz::jobs {
namespace {

using namespace std::chrono_literals;

constexpr Micros ms = 1'000;

// Generous: what is waited for takes milliseconds, and only a broken build waits so long.
bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 6'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

class WorkerTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    test::DatabaseSuite::SetUp();
    if (!IsSkipped()) queue_.emplace(db(), ids_, clock_);
  }
  void TearDown() override {
    pool_.reset();
    test::DatabaseSuite::TearDown();
  }
  Queue& queue() { return *queue_; }
  JobId enqueue(const NewJob& job) {
    return db().write([&](db::Tx& tx) { return queue().enqueue(tx, job); });
  }
  void start(std::vector<WorkerOptions> options) {
    pool_ = std::make_unique<WorkerPool>(queue(), db(), handlers_, std::move(options));
    queue().on_enqueue([this](Lane lane) { pool_->wake(lane); });
    pool_->start();
  }
  void start(int threads = 1) {
    start({{.lanes = {Lane::upkeep}, .threads = threads, .poll = 50 * ms}});
  }
  std::vector<Job> jobs_in(State state) {
    return db()
        .read([&](db::Tx& tx) { return queue().list(tx, state, {.after = {}, .limit = 100}); })
        .items;
  }
  bool all_done() {
    const auto stats = db().read([&](db::Tx& tx) { return queue().stats(tx); });
    return stats.waiting == 0 && stats.running == 0;
  }

  SystemClock clock_;
  FakeClock still_;  // for who wants a queue whose time the test alone turns
  IdSource ids_{clock_, 1};
  std::optional<Queue> queue_;
  HandlerTable handlers_;
  std::unique_ptr<WorkerPool> pool_;
};

ON_BOTH_ENGINES(WorkerTest);

TEST_P(WorkerTest, FourThreadsRunFiveHundredJobsOnceEach) {
  constexpr int jobs = 500;
  std::mutex mutex;
  std::map<std::string, int> runs;
  handlers_.add("count", [&](const Job& job) -> Result<Finished> {
    const std::lock_guard lock(mutex);
    ++runs[job.payload];
    return Finished::no;
  });
  start(4);
  for (int i = 0; i < jobs; i += 10) {
    db().write([&](db::Tx& tx) {
      for (int k = i; k < i + 10; ++k) {
        queue().enqueue(tx, {.kind = "count", .payload = std::to_string(k)});
      }
    });
  }
  ASSERT_TRUE(eventually([&] { return all_done(); }));
  pool_->stop();
  EXPECT_EQ(runs.size(), std::size_t{jobs});
  for (const auto& [payload, count] : runs) EXPECT_EQ(count, 1) << payload;
}

// The threads of one group, and neither those of another nor the process.
TEST_P(WorkerTest, AGroupGivesWayToOthers) {
  std::atomic<int> nice = -1, other = -1;
  handlers_.add("nice", [&](const Job&) -> Result<Finished> {
    nice = ::getpriority(PRIO_PROCESS, 0);
    return Finished::no;
  });
  handlers_.add("other", [&](const Job&) -> Result<Finished> {
    other = ::getpriority(PRIO_PROCESS, 0);
    return Finished::no;
  });
  const int mine = ::getpriority(PRIO_PROCESS, 0);
  start({{.lanes = {Lane::media}, .poll = 50 * ms, .niceness = 19},
         {.lanes = {Lane::upkeep}, .poll = 50 * ms}});
  enqueue({.kind = "nice", .payload = "{}", .lane = Lane::media});
  enqueue({.kind = "other", .payload = "{}", .lane = Lane::upkeep});
  ASSERT_TRUE(eventually([&] { return all_done(); }));
  EXPECT_EQ(nice, 19);
  EXPECT_EQ(other, mine);
  EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), mine);
}

TEST_P(WorkerTest, WhileItIsCrowdedAGroupRestsLongerThanItWorks) {
  using Time = std::chrono::steady_clock::time_point;
  std::mutex mutex;
  std::vector<std::pair<Time, Time>> runs;  // begin, end
  handlers_.add("slow", [&](const Job&) -> Result<Finished> {
    const Time begin = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const std::lock_guard lock(mutex);
    runs.emplace_back(begin, std::chrono::steady_clock::now());
    return Finished::no;
  });
  start({{.lanes = {Lane::upkeep}, .threads = 3, .poll = 5 * ms, .press = [] {
            return Press::much;
          }}});
  for (int i = 0; i < 4; ++i) enqueue({.kind = "slow", .payload = std::to_string(i)});
  ASSERT_TRUE(eventually([&] { return all_done(); }));
  const std::lock_guard lock(mutex);
  ASSERT_EQ(runs.size(), 4U);
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const Time::duration worked = runs[i - 1].second - runs[i - 1].first;
    // No rest is longer than half a second, however long the machine kept the handler.
    EXPECT_GE(runs[i].first - runs[i - 1].second, std::min<Time::duration>(worked, 500ms));
  }
}

TEST_P(WorkerTest, ThePressDecidesHowManyThreadsOfAGroupWork) {
  std::atomic<Press> press = Press::much;
  std::atomic<int> working = 0, most = 0, runs = 0;
  handlers_.add("slow", [&](const Job&) -> Result<Finished> {
    most = std::max(most.load(), ++working);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    --working;
    ++runs;
    return Finished::no;
  });
  start({{.lanes = {Lane::upkeep}, .threads = 4, .poll = 5 * ms, .press = [&] {
            return press.load();
          }}});
  for (int i = 0; i < 8; ++i) enqueue({.kind = "slow", .payload = std::to_string(i)});
  ASSERT_TRUE(eventually([&] { return runs == 8; }));
  EXPECT_EQ(most, 1);
  // However slow the machine is: until so many have met.
  const auto until_they_meet = [&](int wanted) {
    for (int i = 0; i < 500 && most < wanted; ++i) {
      for (int job = 0; job < 8; ++job) enqueue({.kind = "slow", .payload = std::to_string(i)});
      ASSERT_TRUE(eventually([&] { return all_done(); }));
    }
    EXPECT_EQ(most, wanted);
  };
  press = Press::some;
  until_they_meet(3);
  press = Press::none;
  until_they_meet(4);
  pool_.reset();  // idle threads ask for the press, too, which ends here
}

TEST_P(WorkerTest, AHandlerThatThrowsTwiceThenSucceeds) {
  queue_.emplace(db(), ids_, still_);  // no back-off ends before it was looked at
  std::atomic<int> runs = 0;
  handlers_.add("flaky", [&](const Job& job) -> Result<Finished> {
    EXPECT_EQ(job.attempt, ++runs);
    if (runs < 3) throw std::runtime_error("not yet");
    return Finished::no;
  });
  start();
  const JobId id = enqueue({.kind = "flaky", .payload = "{}"});
  for (int failures = 1; failures <= 2; ++failures) {
    ASSERT_TRUE(eventually([&] {
      const auto waiting = jobs_in(State::waiting);
      return waiting.size() == 1 && waiting[0].attempt == failures;
    }));
    EXPECT_EQ(jobs_in(State::waiting).at(0).last_error, "not yet");
    // The test does not wait for the back-off.
    db().write([](db::Tx& tx) { tx.exec("UPDATE jobs SET run_at = 0"); });
  }
  ASSERT_TRUE(eventually([&] { return jobs_in(State::done).size() == 1; }));
  EXPECT_EQ(jobs_in(State::done).at(0).id, id);
  EXPECT_EQ(runs, 3);
}

// R17: a job that fails whenever it is tried, in the middle of those that do not.
TEST_P(WorkerTest, APoisonedJobIsDeadAfterItsTriesAndNobodyElseNotices) {
  constexpr std::size_t healthy = 100;
  std::atomic<int> tries = 0;
  handlers_.add("poison", [&](const Job&) -> Result<Finished> {
    ++tries;
    throw std::runtime_error("poisoned");
  });
  handlers_.add("healthy", [](const Job&) -> Result<Finished> { return Finished::no; });
  for (std::size_t i = 0; i < healthy; ++i) {
    enqueue({.kind = "healthy", .payload = "{}"});
    if (i == healthy / 2) enqueue({.kind = "poison", .payload = "{}"});
  }
  start(4);
  ASSERT_TRUE(eventually([&] {
    // The test does not wait for the back-off.
    db().write([](db::Tx& tx) { tx.exec("UPDATE jobs SET run_at = 0 WHERE state = 0"); });
    return all_done();
  }));
  const auto dead = jobs_in(State::dead);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].kind, "poison");
  EXPECT_EQ(dead[0].last_error, "poisoned");
  EXPECT_EQ(dead[0].attempt, limits::job_attempts);
  EXPECT_EQ(tries, limits::job_attempts);
  const auto done = jobs_in(State::done);
  EXPECT_EQ(done.size(), healthy);
  for (const Job& job : done) EXPECT_EQ(job.attempt, 1);
}

TEST_P(WorkerTest, AnErrorBuriesTheJobWithItsCode) {
  std::atomic<int> runs = 0;
  handlers_.add("hopeless", [&](const Job&) -> Result<Finished> {
    ++runs;
    return fail(ErrorKind::unprocessable, "not_a_photo", "It is no photo.", "Send another.");
  });
  start();
  enqueue({.kind = "hopeless", .payload = "{}"});
  enqueue({.kind = "nobody.knows", .payload = "{}"});
  ASSERT_TRUE(eventually([&] { return jobs_in(State::dead).size() == 2; }));
  EXPECT_EQ(jobs_in(State::dead).at(0).last_error, "unknown_kind");
  EXPECT_EQ(jobs_in(State::dead).at(1).last_error, "not_a_photo");
  EXPECT_EQ(runs, 1);
}

TEST_P(WorkerTest, AHandlerFinishesInTheTransactionOfItsResult) {
  handlers_.add("outer", [&](const Job& job) -> Result<Finished> {
    db().write([&](db::Tx& tx) {
      queue().enqueue(tx, {.kind = "inner", .payload = "{}"});
      EXPECT_TRUE(queue().finish(tx, job));
    });
    return Finished::yes;
  });
  handlers_.add("inner", [](const Job&) -> Result<Finished> { return Finished::no; });
  start();
  enqueue({.kind = "outer", .payload = "{}"});
  ASSERT_TRUE(eventually([&] { return jobs_in(State::done).size() == 2; }));
}

TEST_P(WorkerTest, StopLetsARunningHandlerEnd) {
  std::promise<void> begun, go_on;
  handlers_.add("slow", [&](const Job&) -> Result<Finished> {
    begun.set_value();
    go_on.get_future().wait();
    return Finished::no;
  });
  start();
  enqueue({.kind = "slow", .payload = "{}"});
  begun.get_future().wait();
  enqueue({.kind = "slow", .payload = "{}"});  // nobody begins it any more
  auto stopped = std::async(std::launch::async, [&] { pool_->stop(); });
  EXPECT_EQ(stopped.wait_for(100ms), std::future_status::timeout);
  go_on.set_value();
  stopped.get();
  EXPECT_EQ(jobs_in(State::done).size(), 1u);
  EXPECT_EQ(jobs_in(State::waiting).size(), 1u);
}

TEST_P(WorkerTest, RenewalsKeepALongJob) {
  constexpr Micros lease = 300 * ms;
  std::promise<void> begun, go_on;
  std::atomic<int> runs = 0;
  handlers_.add("long", [&](const Job&) -> Result<Finished> {
    if (++runs == 1) begun.set_value();
    go_on.get_future().wait();
    return Finished::no;
  });
  start({{.lanes = {Lane::upkeep}, .threads = 1, .lease = lease, .poll = 50 * ms}});
  enqueue({.kind = "long", .payload = "{}"});
  begun.get_future().wait();
  const auto lease_until = [&] {
    return db().read([](db::Tx& tx) {
      return tx.one("SELECT lease_until FROM jobs WHERE state = 1",
                    [](const db::Row& row) { return row.integer(0); });
    });
  };
  const Micros first = lease_until().value();
  ASSERT_TRUE(eventually([&] { return lease_until().value() > first + 3 * lease; }));
  go_on.set_value();
  ASSERT_TRUE(eventually([&] { return jobs_in(State::done).size() == 1; }));
  EXPECT_EQ(runs, 1);
}

TEST_P(WorkerTest, LanesDoNotWaitForEachOther) {
  std::promise<void> go_on;
  std::atomic<bool> mailed = false;
  handlers_.add("develop", [&](const Job&) -> Result<Finished> {
    go_on.get_future().wait();
    return Finished::no;
  });
  handlers_.add("mail", [&](const Job&) -> Result<Finished> {
    mailed = true;
    return Finished::no;
  });
  start({{.lanes = {Lane::media}, .poll = 50 * ms}, {.lanes = {Lane::mail}, .poll = 50 * ms}});
  enqueue({.kind = "develop", .payload = "{}", .lane = Lane::media});
  enqueue({.kind = "mail", .payload = "{}", .lane = Lane::mail});
  EXPECT_TRUE(eventually([&] { return mailed.load(); }));
  go_on.set_value();
  EXPECT_TRUE(eventually([&] { return all_done(); }));
}

TEST_P(WorkerTest, AWakeIsEnoughWhereThePollIsFarAway) {
  std::atomic<int> runs = 0;
  handlers_.add("k", [&](const Job&) -> Result<Finished> {
    ++runs;
    return Finished::no;
  });
  start({{.lanes = {Lane::upkeep}, .threads = 2, .poll = hour}});
  for (int i = 1; i <= 10; ++i) {
    const Micros begun = clock_.steady();
    db().write([&](db::Tx& tx) {
      queue().enqueue(tx, {.kind = "k", .payload = "{}"});
      std::this_thread::sleep_for(i * 3ms);  // the commit comes well after the wake
    });
    // Half a second after the wake a commit waits for the poll (poll_schedule.h): a machine that
    // took so long for it is told again.
    if (clock_.steady() - begun >= second / 2) pool_->wake(Lane::upkeep);
    ASSERT_TRUE(eventually([&] { return runs == i; })) << i;
  }
}

TEST_P(WorkerTest, APoolStartsAgain) {
  std::atomic<int> runs = 0;
  handlers_.add("k", [&](const Job&) -> Result<Finished> {
    ++runs;
    return Finished::no;
  });
  start();
  pool_->stop();
  pool_->stop();
  enqueue({.kind = "k", .payload = "{}"});
  EXPECT_EQ(runs, 0);
  pool_->start();
  EXPECT_TRUE(eventually([&] { return runs == 1; }));
}

}  // namespace
}  // namespace picsharz::jobs
