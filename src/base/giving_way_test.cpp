#include "base/giving_way.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <thread>

namespace picsharz {
namespace {

struct Manners {
  int policy = -1;
  int niceness = 0;
};

Manners of_this_thread() {
  errno = 0;
  return {::sched_getscheduler(0), ::getpriority(PRIO_PROCESS, 0)};
}

TEST(GivingWayTest, IsOfTheThreadThatAsksAndOfThoseItStarts) {
  const Manners before = of_this_thread();
  Manners mine;
  Manners inherited;
  std::thread([&] {
    give_way(0, 12);
    mine = of_this_thread();
    std::thread([&] { inherited = of_this_thread(); }).join();
  }).join();
  EXPECT_EQ(mine.policy, SCHED_BATCH);
  EXPECT_EQ(mine.niceness, 12);
  EXPECT_EQ(inherited.policy, SCHED_BATCH);
  EXPECT_EQ(inherited.niceness, 12);
  EXPECT_EQ(of_this_thread().policy, before.policy);
  EXPECT_EQ(of_this_thread().niceness, before.niceness);
}

TEST(GivingWayTest, NobodyIsNoHarm) { give_way(-1, 12); }

}  // namespace
}  // namespace picsharz
