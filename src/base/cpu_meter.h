// CPU time by kind of work: each thread says once what it does, and nothing is measured on the way.
//
// What:      meter_thread("web") registers the calling thread's CPU clock until it ends; cpu_used()
//            reads all of these clocks and what ended threads have used. A thread that does another
//            kind of work for a while says so with MeteredWork: two readings of its own clock.
//            Whoever waits for a process of its own adds what that used with meter_child().
// Labels:    literals; few.
// Threads:   any.
// Failures:  none. Where a clock cannot be read nothing is added.
#pragma once

#include <sys/resource.h>

#include <map>
#include <string_view>

#include "base/clock.h"

namespace picsharz {

// Once a thread; a second call renames its work.
void meter_thread(std::string_view label);

class MeteredWork {
 public:
  explicit MeteredWork(std::string_view label);
  ~MeteredWork();
  MeteredWork(const MeteredWork&) = delete;
  MeteredWork& operator=(const MeteredWork&) = delete;

 private:
  std::string_view before_;
};

// What a process that has ended used; `label` is of work that no thread does.
void meter_child(std::string_view label, const rusage& used);

// Microseconds of CPU since the process began, by label. What no registered thread used is "other".
// None ever grows smaller.
std::map<std::string_view, Micros> cpu_used();

}  // namespace picsharz
