#include "base/clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace picsharz {

namespace {

template <class C>
Micros since_epoch() {
  return std::chrono::duration_cast<std::chrono::microseconds>(C::now().time_since_epoch()).count();
}

}  // namespace

Micros SystemClock::now() const { return since_epoch<std::chrono::system_clock>(); }
Micros SystemClock::steady() const { return since_epoch<std::chrono::steady_clock>(); }

std::string format_time(Micros time) {
  const std::time_t seconds = static_cast<std::time_t>(time / second);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const int length =
      std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                    parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                    static_cast<int>(time % second / 1000));
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace picsharz
