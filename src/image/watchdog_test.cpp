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

TEST(Watchdog, AProcessThatWorksOrSleepsHasItsTimeOnTheClock) {
  for (const bool runnable : {true, false}) {
    EXPECT_EQ(time_of({.wall = limit - 1, .cpu = limit, .runnable = runnable}, limit),
              TimeIs::left);
    EXPECT_EQ(time_of({.wall = limit, .cpu = limit, .runnable = runnable}, limit), TimeIs::over);
  }
  EXPECT_EQ(time_of({.wall = limit, .cpu = 0, .runnable = false}, limit), TimeIs::over);
}

TEST(Watchdog, AStarvedProcessIsWaitedForButNotForEver) {
  EXPECT_EQ(time_of({.wall = limit, .cpu = limit - 1, .runnable = true}, limit), TimeIs::left);
  EXPECT_EQ(time_of({.wall = 4 * limit - 1, .cpu = limit / 4, .runnable = true}, limit),
            TimeIs::left);
  EXPECT_EQ(time_of({.wall = 3 * limit, .cpu = limit, .runnable = true}, limit), TimeIs::over);
  EXPECT_EQ(time_of({.wall = 4 * limit, .cpu = limit / 4, .runnable = true}, limit),
            TimeIs::not_given);
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
