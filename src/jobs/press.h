// How much the machine is wanted by people, for whoever works on what nobody waits for.
//
// What:      much: many more requests were at work at once, since it was asked last, than the
//            machine has cores, or some wait for a thread. Some: so many came in a second that one
//            is likely while a photo develops; a core should be free for it.
// Threads:   thread-safe.
#pragma once

#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace picsharz::jobs {

enum class Press { none, some, much };

class PressGauge {
 public:
  static constexpr std::int64_t some_per_second = 50;  // two pages with their pictures

  // What the web server says of itself.
  struct Reading {
    Micros at = 0;  // of a steady clock
    int most_awake = 0;
    std::int64_t waiting = 0;
    std::int64_t requests = 0;  // ever
  };

  explicit PressGauge(int cores) : cores_(cores) {}

  Press press(const Reading& now);

 private:
  const int cores_;
  std::mutex mutex_;
  Micros counted_at_ = 0;  // guarded by mutex_, as are those below
  std::int64_t counted_ = 0;
  bool some_ = false;
};

}  // namespace picsharz::jobs
