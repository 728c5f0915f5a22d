#include "base/cpu_meter.h"

#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <thread>

namespace picsharz {
namespace {

// Works until the thread has used that much CPU, however long it takes.
void use_cpu(Micros wanted) {
  const auto used = [] {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * second + now.tv_nsec / 1000;
  };
  const Micros until = used() + wanted;
  while (used() < until) continue;
}

TEST(CpuMeterTest, AThreadsWorkIsItsLabelsAlsoWhenItEnded) {
  std::jthread([] {
    meter_thread("test.web");
    use_cpu(20'000);
  }).join();
  EXPECT_GE(cpu_used()["test.web"], 20'000);
}

TEST(CpuMeterTest, OtherWorkIsBookedElsewhere) {
  std::jthread([] {
    meter_thread("test.media");
    use_cpu(5'000);
    {
      const MeteredWork work("test.classify");
      use_cpu(20'000);
    }
    use_cpu(5'000);
  }).join();
  const auto used = cpu_used();
  EXPECT_GE(used.at("test.media"), 10'000);
  EXPECT_GE(used.at("test.classify"), 20'000);
}

TEST(CpuMeterTest, ALivingThreadIsReadAndNothingShrinks) {
  std::atomic<bool> end = false;
  std::jthread worker([&] {
    meter_thread("test.alive");
    while (!end) use_cpu(1'000);
  });
  auto before = cpu_used();
  while (cpu_used()["test.alive"] < 20'000) {
    const auto now = cpu_used();
    for (const auto& [label, used] : before) EXPECT_GE(now.at(label), used) << label;
    before = now;
  }
  end = true;
}

TEST(CpuMeterTest, WhatNobodyRegisteredIsOther) {
  const Micros before = cpu_used()["other"];
  std::jthread([] { use_cpu(50'000); }).join();
  EXPECT_GE(cpu_used()["other"], before + 50'000);
}

TEST(CpuMeterTest, WhatAProcessUsedIsItsLabelsAndNotTakenFromOthers) {
  const Micros before = cpu_used()["other"];
  rusage used{};
  used.ru_utime = {.tv_sec = 1'000, .tv_usec = 250'000};
  used.ru_stime = {.tv_sec = 1, .tv_usec = 500'000};
  meter_child("test.child", used);
  EXPECT_EQ(cpu_used()["test.child"], 1'001'750'000);
  meter_child("test.child", used);
  EXPECT_EQ(cpu_used()["test.child"], 2'003'500'000);
  std::jthread([] { use_cpu(20'000); }).join();
  EXPECT_GE(cpu_used()["other"], before + 20'000);
}

}  // namespace
}  // namespace picsharz
