// When a decoder has had its time.
//
// What:      on a machine that is busy with other things a decoder waits for a processor or for its
//            pages, and an honest photo must not be refused for that, nor for a moment in which its
//            threads hand over to each other. So the time of its picture is over once it used that
//            much processor time, or once it did nothing at all, and wanted nothing, for so many
//            looks in a row. One that could work but is not let gets a few times the limit on the
//            clock, and another time then; one that slept through most of that has had its time.
// Threads:   a Watchdog one thread at a time; the rest reads /proc.
#pragma once

#include <sys/types.h>

#include "base/clock.h"

namespace picsharz::image {

struct Progress {
  Micros wall = 0;  // since it got its picture
  Micros cpu = 0;   // the processor time of all its threads since then
  bool runnable = false;
};

inline constexpr int watchdog_patience = 4;          // times the limit
inline constexpr Micros watchdog_interval = 20'000;  // from look to look
inline constexpr int watchdog_idle_looks = 50;       // in a row: a second

enum class TimeIs {
  left,
  over,
  not_given,  // it was hardly let work: that says nothing of its picture
};

// Of one picture.
class Watchdog {
 public:
  explicit Watchdog(Micros limit) : limit_(limit) {}
  // Looks cost a little, and the early ones tell nothing.
  bool wants_look(Micros wall) const;
  TimeIs look(const Progress& progress);

 private:
  const Micros limit_;
  Micros cpu_ = -1;  // at the look before; -1: there was none
  int idle_ = 0;     // looks in a row
  int asleep_ = 0;   // of `looks_`
  int looks_ = 0;
};

// Of a whole process; 0 where it is gone.
Micros cpu_time_of(pid_t pid);
// A thread of it has a processor, or would take one, or waits for the kernel to bring it a page.
bool is_runnable(pid_t pid);

}  // namespace picsharz::image
