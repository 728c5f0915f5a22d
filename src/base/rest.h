// Rests between the steps of work that nobody waits for, which the end of the program cuts short.
//
// What:      for_time() sleeps; beside() sleeps nine times as long as a step took, so that the work
//            takes a tenth of the time that people have. Both are false once end() was called, at
//            once and for ever.
// Threads:   all may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/clock.h"

namespace picsharz {

class Rest {
 public:
  bool for_time(Micros time) {
    std::unique_lock lock(mutex_);
    ended_changed_.wait_for(lock, std::chrono::microseconds(time), [this] { return ended_; });
    return !ended_;
  }

  bool beside(Micros step) { return for_time(9 * step); }

  void end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    ended_changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_changed_;
  bool ended_ = false;
};

}  // namespace picsharz
