// When a decoder has had its time.
//
// What:      on a machine that is busy with other things a decoder waits for a processor, and an
//            honest photo must not be refused for that. So the limit is of the time on the clock
//            for a process that waits or sleeps, and of processor time for one that could work but
//            is not let; that one gets a few times the limit on the clock, and another time then.
// Threads:   pure, or reads /proc.
#pragma once

#include <sys/types.h>

#include "base/clock.h"

namespace picsharz::image {

struct Progress {
  Micros wall = 0;  // since it got its picture
  Micros cpu = 0;   // the processor time of all its threads since then
  bool runnable = false;
};

inline constexpr int watchdog_patience = 4;  // times the limit

enum class TimeIs {
  left,
  over,
  not_given,  // it was hardly let work: that says nothing of its picture
};

TimeIs time_of(const Progress& progress, Micros limit);

// Of a whole process; 0 where it is gone.
Micros cpu_time_of(pid_t pid);
// A thread of it has a processor, or would take one.
bool is_runnable(pid_t pid);

}  // namespace picsharz::image
