// At most so many a second of what is not worth more.
//
// What:      a leaky bucket without a lock: `burst` at once, then one an interval.
// Threads:   any.
#pragma once

#include <algorithm>
#include <atomic>

#include "base/clock.h"

namespace picsharz {

class Pace {
 public:
  Pace(Micros interval, int burst) : interval_(interval), slack_(interval * (burst - 1)) {}

  // `now`: of any clock that does not go back. False: not now.
  bool take(Micros now) {
    Micros next = next_.load(std::memory_order_relaxed);
    while (next <= now) {
      const Micros after = std::max(next, now - slack_) + interval_;
      if (next_.compare_exchange_weak(next, after, std::memory_order_relaxed)) return true;
    }
    return false;
  }

 private:
  const Micros interval_;
  const Micros slack_;
  std::atomic<Micros> next_{0};
};

}  // namespace picsharz
