// A process that is the program itself, started anew with a hidden command, and nothing of its
// parent: one socket at 3, no other descriptor, at most one variable of an environment, default
// signals.
//
// Threads:   thread-safe.
// Failures:  std::system_error.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace picsharz::confinement {

inline constexpr int child_socket = 3;

struct Child {
  std::string program;     // a path, "" for this very program
  std::string command;     // the hidden one
  int socket = -1;         // the child's end; it stays the caller's to close
  int niceness = 0;        // it goes behind everybody else by so much
  std::string variable{};  // "TZ=UTC0": all of its environment; "": none
};

// Whoever starts it waits for it.
pid_t start_child(const Child& child);

// A limit (RLIMIT_...) that cannot be raised again, of the calling process.
void limit(int resource, std::int64_t value);

}  // namespace picsharz::confinement
