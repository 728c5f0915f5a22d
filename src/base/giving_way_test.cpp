#include "base/giving_way.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>
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
  EXPECT_EQ(mine.niceness, std::max(12, before.niceness));
  EXPECT_EQ(inherited.policy, SCHED_BATCH);
  EXPECT_EQ(inherited.niceness, mine.niceness);
  EXPECT_EQ(of_this_thread().policy, before.policy);
  EXPECT_EQ(of_this_thread().niceness, before.niceness);
}

std::string autogroup_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/autogroup");
  std::string text;
  std::getline(file, text);
  return text;
}

TEST(GivingWayTest, ASessionGivesWayAsAWhole) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();
    ::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const std::string before = autogroup_of(child);
  give_way_as_session(child, 11);
  const int wanted = std::max(11, ::getpriority(PRIO_PROCESS, 0));
  EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(child)), wanted);
  if (!before.empty()) {  // else this kernel knows no such groups
    EXPECT_TRUE(autogroup_of(child).ends_with(" nice " + std::to_string(wanted)))
        << autogroup_of(child);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  for (const int end : ready) ::close(end);
}

// The first fields of the kernel's struct sched_attr (sched_getattr(2)).
struct Asked {
  std::uint32_t size = 0;
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t niceness = 0;
  std::uint32_t priority = 0;
  std::uint64_t slice_ns = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

Asked asked_of_the_kernel() {
  Asked asked;
  ::syscall(SYS_sched_getattr, 0, &asked, sizeof(asked), 0);
  return asked;
}

TEST(GivingWayTest, ShortTurnsChangeNothingElse) {
  Asked before;
  Asked after;
  std::thread([&] {
    ::setpriority(PRIO_PROCESS, 0, std::min(19, ::getpriority(PRIO_PROCESS, 0) + 3));
    before = asked_of_the_kernel();
    take_short_turns();
    after = asked_of_the_kernel();
  }).join();
  EXPECT_EQ(after.policy, before.policy);
  EXPECT_EQ(after.niceness, before.niceness);
  EXPECT_GE(after.niceness, 3);
  if (before.slice_ns != 0) {  // else this kernel knows no slices
    EXPECT_EQ(after.slice_ns, 100'000);
  }
}

TEST(GivingWayTest, NobodyIsNoHarm) {
  give_way(-1, 12);
  give_way_as_session(-1, 12);
}

}  // namespace
}  // namespace picsharz
