#include "image/watchdog.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

namespace picsharz::image {
namespace {

constexpr Micros limit = 2 * second;

constexpr int second_of_looks = watchdog_idle_looks;

// What a decoder is doing at one look after the other, and what the watchdog says at the last.
class Watched {
 public:
  // Until the watchdog has an answer, for at most so many looks.
  TimeIs works(int looks, Micros cpu = watchdog_interval) { return go(looks, cpu, true); }
  TimeIs waits_for_a_processor(int looks) { return go(looks, 0, true); }
  TimeIs sleeps(int looks) { return go(looks, 0, false); }
  // It worked since the look before, and happens to sleep at this one.
  TimeIs naps(int looks, Micros cpu) { return go(looks, cpu, false); }
  Micros wall() const { return wall_; }
  Micros cpu() const { return cpu_; }

 private:
  TimeIs go(int looks, Micros cpu, bool runnable) {
    for (int i = 0; i < looks && said_ == TimeIs::left; ++i) {
      wall_ += watchdog_interval;
      cpu_ += cpu;
      if (!watchdog_.wants_look(wall_)) continue;
      said_ = watchdog_.look({.wall = wall_, .cpu = cpu_, .runnable = runnable});
    }
    return said_;
  }

  Watchdog watchdog_{limit};
  Micros wall_ = 0;
  Micros cpu_ = 0;
  TimeIs said_ = TimeIs::left;
};

constexpr int looks_to_limit = limit / watchdog_interval;
constexpr int looks_to_the_end = watchdog_patience * looks_to_limit;

TEST(Watchdog, AProcessThatWorksHasTheLimitOfProcessorTime) {
  Watched decoder;
  EXPECT_EQ(decoder.works(looks_to_limit - 1), TimeIs::left);
  EXPECT_EQ(decoder.works(1), TimeIs::over);
  EXPECT_EQ(decoder.wall(), limit);
}

// Several threads use up more than the clock shows; the limit is on the clock as well.
TEST(Watchdog, NothingIsOverBeforeTheLimitOnTheClock) {
  Watched decoder;
  EXPECT_EQ(decoder.works(looks_to_limit - 1, 4 * watchdog_interval), TimeIs::left);
  EXPECT_EQ(decoder.works(1), TimeIs::over);
}

TEST(Watchdog, AProcessThatSleepsForEverEndsAtTheLimit) {
  Watched decoder;
  EXPECT_EQ(decoder.sleeps(looks_to_the_end), TimeIs::over);
  EXPECT_LE(decoder.wall(), limit + watchdog_interval);
}

TEST(Watchdog, AHangAfterTheLimitEndsASecondAfterTheLastWork) {
  Watched decoder;
  EXPECT_EQ(decoder.waits_for_a_processor(2 * looks_to_limit), TimeIs::left);
  EXPECT_EQ(decoder.sleeps(second_of_looks - 1), TimeIs::left);
  EXPECT_EQ(decoder.sleeps(1), TimeIs::over);
}

// As its threads hand over to each other on a busy machine.
TEST(Watchdog, OneIdleLookCostsNothing) {
  Watched decoder;
  EXPECT_EQ(decoder.waits_for_a_processor(looks_to_limit), TimeIs::left);
  EXPECT_EQ(decoder.sleeps(1), TimeIs::left);
  EXPECT_EQ(decoder.works(looks_to_limit - 1), TimeIs::left);
  EXPECT_EQ(decoder.sleeps(1), TimeIs::left);
}

TEST(Watchdog, AWorkerThatIsSeenAsleepStillWorks) {
  Watched decoder;
  EXPECT_EQ(decoder.waits_for_a_processor(2 * looks_to_limit), TimeIs::left);
  EXPECT_EQ(decoder.naps(2 * second_of_looks, 100), TimeIs::left);
  EXPECT_LT(decoder.cpu(), limit);
}

TEST(Watchdog, AStarvedProcessIsWaitedForButNotForEver) {
  Watched decoder;
  EXPECT_EQ(decoder.waits_for_a_processor(looks_to_the_end - 1), TimeIs::left);
  EXPECT_EQ(decoder.waits_for_a_processor(1), TimeIs::not_given);
  EXPECT_EQ(decoder.wall(), watchdog_patience * limit);
}

// It neither hangs for a second nor uses its time up: it has had its time nevertheless.
TEST(Watchdog, AProcessThatSleepsAndWorksInTurnEnds) {
  Watched decoder;
  TimeIs said = TimeIs::left;
  while (said == TimeIs::left && decoder.wall() < 2 * watchdog_patience * limit) {
    said = decoder.sleeps(second_of_looks - 1);
    if (said == TimeIs::left) said = decoder.works(1, 100);
  }
  EXPECT_EQ(said, TimeIs::over);
  EXPECT_EQ(decoder.wall(), watchdog_patience * limit);
}

// A child that does `work` until it is killed.
class Child {
 public:
  explicit Child(void (*work)()) : pid_(::fork()) {
    if (pid_ == 0) {
      while (true) work();
    }
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t pid() const { return pid_; }

 private:
  const pid_t pid_;
};

bool eventually(const std::function<bool()>& what) {
  for (int i = 0; i < 2'000; ++i) {
    if (what()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

TEST(Watchdog, TellsWhoWorksFromWhoSleeps) {
  const Child worker([] {});
  const Child sleeper([] { ::pause(); });
  EXPECT_TRUE(eventually([&] { return is_runnable(worker.pid()); }));
  EXPECT_TRUE(eventually([&] { return cpu_time_of(worker.pid()) > 20'000; }));
  EXPECT_TRUE(eventually([&] { return !is_runnable(sleeper.pid()); }));
  ASSERT_EQ(::kill(worker.pid(), SIGSTOP), 0);
  EXPECT_TRUE(eventually([&] { return !is_runnable(worker.pid()); }));
}

TEST(Watchdog, OfNoProcessThereIsNothing) {
  pid_t gone = 0;
  {
    const Child child([] { ::pause(); });
    gone = child.pid();
  }
  EXPECT_FALSE(is_runnable(gone));
  EXPECT_EQ(cpu_time_of(gone), 0);
}

}  // namespace
}  // namespace picsharz::image
