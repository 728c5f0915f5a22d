// Counts events by key in fixed windows: sign-ups of an address, failed log-ins of an account.
//
// What:      take() counts one and says whether the limit allows it; give_back() uncounts one (a
//            log-in that succeeded). Kept in memory: a restart forgets, and every node counts its
//            own.
// Bounds:    at most `capacity` keys; the oldest windows go first.
// Threads:   thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace picsharz {

class RateLimiter {
 public:
  RateLimiter(const Clock& clock, int limit, Micros window, std::size_t capacity = 100'000)
      : clock_(clock), limit_(limit), window_(window), capacity_(capacity) {}

  // 0: allowed. Else the seconds until the window ends.
  int take(std::string_view key);
  void give_back(std::string_view key);
  int limit() const { return limit_; }

 private:
  struct Window {
    Micros until = 0;
    int count = 0;
  };
  void make_room(Micros now);

  const Clock& clock_;
  const int limit_;
  const Micros window_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::unordered_map<std::string, Window> windows_;
};

}  // namespace picsharz
