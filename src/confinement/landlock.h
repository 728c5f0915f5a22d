// Landlock: what a process may still open, bind, connect to and signal. Nothing, but what is
// allowed before enter(); from then on for ever, for all of its threads and children.
//
// Sources:   Linux' userspace-api/landlock. glibc 2.36 has no functions for it, and Debian's
// headers
//            stop at the second version.
// Threads:   enter() before there are others.
// Failures:  std::system_error.
#pragma once

#include <cstdint>
#include <string>

namespace picsharz::confinement {

int landlock_version();  // of this kernel; 0: it has none

class Landlock {
 public:
  enum Access : std::uint64_t { write_file = 1 << 1, read_file = 1 << 2, truncate = 1 << 14 };

  Landlock();  // where landlock_version() > 0
  ~Landlock();
  Landlock(const Landlock&) = delete;
  Landlock& operator=(const Landlock&) = delete;

  void allow(const std::string& path, std::uint64_t accesses);
  void enter();

 private:
  std::uint64_t accesses_;  // that this kernel knows
  int ruleset_;
};

}  // namespace picsharz::confinement
