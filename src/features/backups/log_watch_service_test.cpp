// A log that is late is told once, until it is well again.
#include "features/backups/log_watch_service.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace picsharz::backups {
namespace {

class LogWatchTest : public testing::Test {
 protected:
  void pass(Micros time) {
    clock_.advance(time);
    watch_.tell_if_late([this] { return in_target_; },
                        [this](Micros since) {
                          if (fails_) throw std::runtime_error("the database is down");
                          told_.push_back(since);
                        });
  }
  void ship() {
    watch_.note(clock_.now());
    in_target_ = clock_.now();
  }

  FakeClock clock_;
  LogWatch watch_{clock_, std::nullopt};
  std::optional<Micros> in_target_{};
  bool fails_ = false;
  std::vector<Micros> told_;
};

TEST_F(LogWatchTest, OneThatIsLateIsToldOnceUntilItIsWellAgain) {
  const Micros begun = clock_.now();
  pass(log_late - second);
  EXPECT_EQ(watch_.late_since(), std::nullopt);
  pass(second);
  EXPECT_EQ(watch_.late_since(), begun);
  pass(day);
  EXPECT_EQ(told_, std::vector{begun});
  ship();
  const Micros last = clock_.now();
  EXPECT_EQ(watch_.late_since(), std::nullopt);
  pass(minute);
  watch_.note(last);  // no new round
  pass(log_late);
  EXPECT_EQ(watch_.late_since(), last);
  EXPECT_EQ(told_, (std::vector{begun, last}));
}

TEST_F(LogWatchTest, WhoeverCouldNotBeToldIsToldLater) {
  const Micros begun = clock_.now();
  fails_ = true;
  pass(log_late);
  EXPECT_EQ(watch_.late_since(), begun);
  pass(second);
  fails_ = false;
  pass(minute);
  EXPECT_EQ(told_, std::vector{begun});
}

TEST_F(LogWatchTest, WhatAnotherProcessShipsAgainIsWell) {
  pass(log_late);
  EXPECT_TRUE(watch_.late_since());
  for (int turn = 0; turn < 2; ++turn) {
    in_target_ = clock_.now() + log_late;
    pass(log_late);
  }
  EXPECT_EQ(watch_.late_since(), std::nullopt);
}

TEST_F(LogWatchTest, WhatAnotherProcessShipsIsNotLate) {
  for (int turn = 0; turn < 100; ++turn) {
    in_target_ = clock_.now();
    pass(minute);
  }
  EXPECT_EQ(watch_.late_since(), std::nullopt);
  pass(2 * log_late);
  EXPECT_EQ(told_.size(), 1U);
}

TEST(LogWatch, BeginsWithWhatAnEarlierProcessShipped) {
  const FakeClock clock;
  EXPECT_EQ(LogWatch(clock, clock.now() - hour).shipped_at(), clock.now() - hour);
  EXPECT_EQ(LogWatch(clock, std::nullopt).shipped_at(), clock.now());
  EXPECT_EQ(LogWatch(clock, clock.now() + day).shipped_at(), clock.now());  // a clock was ahead
}

}  // namespace
}  // namespace picsharz::backups
