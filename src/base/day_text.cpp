#include "base/day_text.h"

#include <array>
#include <chrono>
#include <string_view>

namespace picsharz {

std::string day_text(Micros time) {
  static constexpr std::array<std::string_view, 12> months = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(time))));
  std::string text = std::to_string(static_cast<unsigned>(date.day()));
  text.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]);
  return text.append(" ").append(std::to_string(static_cast<int>(date.year())));
}

}  // namespace picsharz
