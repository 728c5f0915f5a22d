// What a decoder process gives up before the first foreign byte.
//
// What:      no_new_privs, Landlock without any path, TCP, or signal to others, seccomp with a
//            short list of system calls, resource limits. A call that is not on the list ends the
//            process by SIGSYS. clone3 answers ENOSYS: its flags are in memory, where a filter
//            cannot see them, and glibc falls back to clone.
// Threads:   enter_landlock() before threads start (they inherit it), enter_seccomp() last: it
//            reaches all threads.
// Failures:  a layer that the kernel lacks is left out and said in the result; a layer that it has
//            and refuses is a std::system_error.
// Source:    design/security.md section 4; landlock(7), seccomp(2).
#pragma once

#include <cstdint>
#include <string>

namespace picsharz::image {

// The layers that a kernel has, or that are in force.
struct Sandbox {
  bool seccomp = false;
  int landlock = 0;  // version of its interface; 0: not there
  // Both are needed for the formats whose decoders are the riskiest.
  bool complete() const { return seccomp && landlock > 0; }
};

// Asks the kernel; changes nothing.
Sandbox available_sandbox();

// "seccomp, Landlock 7", or what is missing and what to do.
std::string describe(const Sandbox& sandbox);

// The version that is in force, 0 where the kernel has none.
int enter_landlock();
// False where the kernel has no filters.
bool enter_seccomp();
// Of files, memory, descriptors; `output_bytes`: the largest file that can be written.
void enter_limits(std::int64_t output_bytes);

}  // namespace picsharz::image
