#include "base/rate_limiter.h"

#include <gtest/gtest.h>

namespace picsharz {
namespace {

TEST(RateLimiter, AllowsUntilTheLimitAndThenSaysHowLong) {
  FakeClock clock;
  RateLimiter limiter(clock, 2, minute);
  EXPECT_EQ(limiter.take("a"), 0);
  EXPECT_EQ(limiter.take("a"), 0);
  EXPECT_EQ(limiter.take("a"), 60);
  EXPECT_EQ(limiter.take("b"), 0);
  clock.advance(59 * second);
  EXPECT_EQ(limiter.take("a"), 1);
  clock.advance(second);
  EXPECT_EQ(limiter.take("a"), 0);
}

TEST(RateLimiter, GivesBack) {
  FakeClock clock;
  RateLimiter limiter(clock, 1, minute);
  EXPECT_EQ(limiter.take("a"), 0);
  limiter.give_back("a");
  limiter.give_back("a");
  EXPECT_EQ(limiter.take("a"), 0);
  EXPECT_GT(limiter.take("a"), 0);
}

TEST(RateLimiter, IsBounded) {
  FakeClock clock;
  RateLimiter limiter(clock, 1, minute, 10);
  for (int i = 0; i < 1'000; ++i) limiter.take(std::to_string(i));
  EXPECT_EQ(limiter.take("after the flood"), 0);
}

}  // namespace
}  // namespace picsharz
