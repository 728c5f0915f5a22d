// When the idle workers of a group look for a job next.
//
// What:      every `poll`. A wake arrives while its transaction is still open, and says nothing of
//            the commit: from then on they look after 2, 4, 8, 16 milliseconds and then every 20,
//            for half a second. So a job starts at most as long after its commit as the transaction
//            took from the wake on, and never more than 20 milliseconds. Later commits wait for the
//            poll.
// Threads:   not shared; times are microseconds of any steady clock.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace picsharz::jobs {

class PollSchedule {
 public:
  explicit PollSchedule(Micros poll) : poll_(poll) {}

  Micros next() const { return next_; }
  bool due(Micros now) const { return now >= next_; }

  void woken(Micros now) {
    step_ = first_step;
    eager_until_ = now + eager;
    next_ = std::min(next_, now + step_);
  }
  // A worker looks now; the others wait for the next time.
  void looked(Micros now) {
    next_ = now + (now < eager_until_ ? std::min(step_, poll_) : poll_);
    step_ = std::min(2 * step_, longest_step);
  }
  // There was a job, and there may be more: another worker looks at once.
  void found(Micros now) { next_ = now; }

 private:
  static constexpr Micros first_step = 2'000;
  static constexpr Micros longest_step = 20'000;
  static constexpr Micros eager = second / 2;

  const Micros poll_;
  Micros next_ = 0;
  Micros step_ = first_step;
  Micros eager_until_ = 0;
};

}  // namespace picsharz::jobs
