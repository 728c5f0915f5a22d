#include "jobs/press.h"

#include <gtest/gtest.h>

namespace picsharz::jobs {
namespace {

constexpr int cores = 2;

TEST(PressGauge, NobodyIsThere) {
  PressGauge gauge(cores);
  EXPECT_EQ(gauge.press({.at = 10 * second, .most_awake = 1}), Press::none);
  EXPECT_EQ(gauge.press({.at = 11 * second, .most_awake = 3, .requests = 49}), Press::none);
}

TEST(PressGauge, SomeWhoComeAreCountedByTheTimeThatPassed) {
  PressGauge gauge(cores);
  EXPECT_EQ(gauge.press({.at = 10 * second}), Press::none);
  EXPECT_EQ(gauge.press({.at = 11 * second, .requests = 50}), Press::some);
  EXPECT_EQ(gauge.press({.at = 21 * second, .requests = 540}), Press::none);
  EXPECT_EQ(gauge.press({.at = 21 * second + second / 2, .requests = 565}), Press::some);
}

// Several threads ask one after the other: the last of them has seen no request come.
TEST(PressGauge, WhoAsksSoonAfterAnotherHearsTheSame) {
  PressGauge gauge(cores);
  gauge.press({.at = 10 * second});
  EXPECT_EQ(gauge.press({.at = 11 * second, .requests = 500}), Press::some);
  EXPECT_EQ(gauge.press({.at = 11 * second + 1, .requests = 500}), Press::some);
  EXPECT_EQ(gauge.press({.at = 12 * second, .requests = 500}), Press::none);
}

TEST(PressGauge, MuchIsWhatTheMachineCannotDoAtOnce) {
  PressGauge gauge(cores);
  EXPECT_EQ(gauge.press({.at = 10 * second, .most_awake = 4}), Press::much);
  EXPECT_EQ(gauge.press({.at = 10 * second + 1, .most_awake = 1, .waiting = 1}), Press::much);
  EXPECT_EQ(gauge.press({.at = 10 * second + 2, .most_awake = 1}), Press::none);
}

}  // namespace
}  // namespace picsharz::jobs
