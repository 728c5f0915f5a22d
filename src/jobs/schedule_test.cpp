#include "jobs/schedule.h"

#include <gtest/gtest.h>

#include <array>
#include <future>
#include <optional>
#include <vector>

#include "support/test_database.h"

namespace picsharz::jobs {
namespace {

constexpr std::array upkeep = {Lane::upkeep};

class ScheduleTest : public test::DatabaseSuite {
 protected:
  // One process of several: a queue and a schedule of its own, the same tasks.
  struct Node {
    Node(db::Database& database, const Clock& clock, int number, std::vector<std::string>& ran)
        : ids(clock, number), queue(database, ids, clock), schedule(queue, database, clock) {
      schedule.add("often", 10 * minute, [&ran] { ran.push_back("often"); });
      schedule.add("seldom", day, [&ran] { ran.push_back("seldom"); });
      schedule.add_handlers(handlers);
    }
    // Runs what waits, as a worker does.
    void work(db::Database& database) {
      while (const auto job = queue.claim(upkeep, "test", minute)) {
        EXPECT_TRUE((*handlers.find(job->kind))(*job));
        database.write([&](db::Tx& tx) { return queue.finish(tx, *job); });
      }
    }
    IdSource ids;
    Queue queue;
    Schedule schedule;
    HandlerTable handlers;
  };

  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    first_.emplace(db(), clock_, 1, ran_);
    second_.emplace(db(), clock_, 2, ran_);
  }
  void TearDown() override {
    second_.reset();
    first_.reset();
    DatabaseSuite::TearDown();
  }
  std::vector<std::string> run_both() {
    first_->schedule.enqueue_due();
    second_->schedule.enqueue_due();
    first_->work(db());
    second_->work(db());
    return std::exchange(ran_, {});
  }

  using Ran = std::vector<std::string>;
  FakeClock clock_;
  std::vector<std::string> ran_;
  std::optional<Node> first_;
  std::optional<Node> second_;
};
ON_BOTH_ENGINES(ScheduleTest);

TEST_P(ScheduleTest, ATaskRunsOnceAnIntervalHoweverManyLook) {
  EXPECT_EQ(run_both(), (Ran{"often", "seldom"}));
  EXPECT_EQ(run_both(), Ran{});
  clock_.advance(10 * minute - 1);
  EXPECT_EQ(run_both(), Ran{});
  clock_.advance(1);
  EXPECT_EQ(run_both(), Ran{"often"});
  clock_.advance(day);
  EXPECT_EQ(run_both(), (Ran{"often", "seldom"}));
}

TEST_P(ScheduleTest, WhoLooksAtTheSameMomentTakesItOnce) {
  for (int round = 0; round < 20; ++round) {
    clock_.advance(10 * minute);
    auto other = std::async(std::launch::async, [&] { return second_->schedule.enqueue_due(); });
    const int mine = first_->schedule.enqueue_due();
    EXPECT_EQ(mine + other.get(), round == 0 ? 2 : 1) << round;
    first_->work(db());
  }
}

TEST_P(ScheduleTest, ATaskThatStillWaitsIsNotAskedForTwice) {
  first_->schedule.enqueue_due();
  clock_.advance(10 * minute);
  first_->schedule.enqueue_due();
  first_->work(db());
  EXPECT_EQ(ran_, (Ran{"often", "seldom"}));
}

TEST_P(ScheduleTest, ARestartRunsNothingAnew) {
  EXPECT_EQ(run_both(), (Ran{"often", "seldom"}));
  first_.emplace(db(), clock_, 1, ran_);
  EXPECT_EQ(run_both(), Ran{});
}

TEST_P(ScheduleTest, AClockThatWasAheadDelaysByAnIntervalAtMost) {
  clock_.advance(30 * day);
  run_both();
  clock_.advance(-30 * day);
  EXPECT_EQ(run_both(), (Ran{"often", "seldom"}));
  EXPECT_EQ(run_both(), Ran{});
}

}  // namespace
}  // namespace picsharz::jobs
