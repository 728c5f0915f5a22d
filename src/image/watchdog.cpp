#include "image/watchdog.h"

#include <time.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace picsharz::image {

// Whoever sleeps when the limit is reached must have slept for all the looks before it.
bool Watchdog::wants_look(Micros wall) const {
  return wall >= limit_ - watchdog_idle_looks * watchdog_interval;
}

TimeIs Watchdog::look(const Progress& progress) {
  const bool worked = progress.cpu != cpu_ && cpu_ >= 0;
  cpu_ = progress.cpu;
  idle_ = worked || progress.runnable ? 0 : idle_ + 1;
  ++looks_;
  if (!progress.runnable) ++asleep_;
  if (progress.wall < limit_) return TimeIs::left;
  if (progress.cpu >= limit_ || idle_ >= watchdog_idle_looks) return TimeIs::over;
  if (progress.wall < watchdog_patience * limit_) return TimeIs::left;
  return 2 * asleep_ > looks_ ? TimeIs::over : TimeIs::not_given;
}

Micros cpu_time_of(pid_t pid) {
  clockid_t clock = 0;
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return used.tv_sec * second + used.tv_nsec / 1000;
}

// proc(5): the state stands behind the name, which is in parentheses and may hold any character.
bool is_runnable(pid_t pid) {
  std::error_code gone;
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task", gone);
  if (gone) return false;
  for (const auto& thread : threads) {
    std::ifstream file(thread.path() / "stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_ends = text.rfind(") ");
    if (name_ends == std::string::npos) continue;
    const std::string state = text.substr(name_ends + 2, 1);
    if (state == "R" || state == "D") return true;
  }
  return false;
}

}  // namespace picsharz::image
