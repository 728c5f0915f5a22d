#include "jobs/poll_schedule.h"

#include <gtest/gtest.h>

#include <vector>

namespace picsharz::jobs {
namespace {

constexpr Micros ms = 1'000;

// When the schedule has somebody look, from `now` until `end`.
std::vector<Micros> looks(PollSchedule& schedule, Micros end) {
  std::vector<Micros> times;
  for (Micros at = schedule.next(); at <= end; at = schedule.next()) {
    EXPECT_TRUE(schedule.due(at));
    schedule.looked(at);
    EXPECT_FALSE(schedule.due(at));
    times.push_back(at);
  }
  return times;
}

TEST(PollScheduleTest, LooksAtTheStartAndThenAtEveryPoll) {
  PollSchedule schedule(second);
  EXPECT_EQ(looks(schedule, 3 * second), (std::vector<Micros>{0, second, 2 * second, 3 * second}));
}

TEST(PollScheduleTest, AfterAWakeNoCommitWaitsLongerThanItsTransactionOr20Milliseconds) {
  PollSchedule schedule(second);
  looks(schedule, 10 * second);
  const Micros woken = 10 * second + 300 * ms;
  schedule.woken(woken);
  const auto times = looks(schedule, woken + 500 * ms);
  EXPECT_EQ(times.front(), woken + 2 * ms);
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Micros open = times[i - 1] - woken;  // a commit just after the look before
    const Micros waits = times[i] - times[i - 1];
    EXPECT_LE(waits, std::min(open, 20 * ms)) << i;
  }
  EXPECT_LT(times.size(), 40u);  // far from spinning
}

TEST(PollScheduleTest, FallsBackToThePoll) {
  PollSchedule schedule(second);
  schedule.woken(0);
  looks(schedule, 2 * second);
  const auto times = looks(schedule, 10 * second);
  EXPECT_EQ(times.size(), 8u);
}

TEST(PollScheduleTest, AStreamOfWakesDoesNotPutTheLookOff) {
  PollSchedule schedule(second);
  schedule.looked(0);
  for (Micros at = 10 * ms; at < 12 * ms; at += 100) schedule.woken(at);
  EXPECT_EQ(schedule.next(), 12 * ms);
}

TEST(PollScheduleTest, AfterAJobWasFoundTheNextWorkerLooksAtOnce) {
  PollSchedule schedule(second);
  schedule.looked(0);
  schedule.found(7);
  EXPECT_TRUE(schedule.due(7));
}

TEST(PollScheduleTest, APollShorterThanTheStepsIsKept) {
  PollSchedule schedule(5 * ms);
  schedule.woken(0);
  const auto times = looks(schedule, 50 * ms);
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_LE(times[i] - times[i - 1], 5 * ms);
}

}  // namespace
}  // namespace picsharz::jobs
