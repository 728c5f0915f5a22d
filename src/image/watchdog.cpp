#include "image/watchdog.h"

#include <time.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace picsharz::image {

TimeIs time_of(const Progress& progress, Micros limit) {
  if (progress.wall < limit) return TimeIs::left;
  const bool starved = progress.runnable && progress.cpu < limit;
  if (!starved) return TimeIs::over;
  return progress.wall < watchdog_patience * limit ? TimeIs::left : TimeIs::not_given;
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
    if (name_ends != std::string::npos && text.substr(name_ends + 2, 1) == "R") return true;
  }
  return false;
}

}  // namespace picsharz::image
