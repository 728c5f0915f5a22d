#include "base/pace.h"

#include <gtest/gtest.h>

namespace picsharz {
namespace {

int taken(Pace& pace, Micros now) {
  int count = 0;
  while (pace.take(now)) ++count;
  return count;
}

TEST(PaceTest, LetsABurstThroughAndThenOneAnInterval) {
  Pace pace(second, 3);
  EXPECT_EQ(taken(pace, hour), 3);
  EXPECT_EQ(taken(pace, hour + second - 1), 0);
  EXPECT_EQ(taken(pace, hour + second), 1);
  EXPECT_EQ(taken(pace, hour + 3 * second), 2);
  EXPECT_EQ(taken(pace, 2 * hour), 3);
}

}  // namespace
}  // namespace picsharz
