#include "base/giving_way.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>

namespace picsharz {

namespace {

constexpr std::uint64_t longest_slice_ns = 100'000'000;  // that there is
constexpr std::uint64_t shortest_slice_ns = 100'000;

// Without privileges the kernel takes ten such wishes a second, of all processes together.
constexpr int autogroup_tries = 3;
constexpr useconds_t autogroup_wait_us = 110'000;

// The kernel's struct sched_attr in its first version (sched_setattr(2)); not every C library's
// headers have it.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = SCHED_BATCH;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = longest_slice_ns;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};
static_assert(sizeof(Attributes) == 48);

// What gives way never goes before who asks for it, who may be nice already.
int at_least(int niceness) {
  errno = 0;
  const int own = ::getpriority(PRIO_PROCESS, 0);
  return errno == 0 ? std::max(own, niceness) : niceness;
}

}  // namespace

void give_way(pid_t task, int niceness) {
  Attributes wanted;
  wanted.nice = at_least(niceness);
  if (::syscall(SYS_sched_setattr, task, &wanted, 0) == 0) return;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(task), wanted.nice);
}

void give_way_as_session(pid_t leader, int niceness) {
  give_way(leader, niceness);
  // No file, or not allowed: the share of a session is as good as there is.
  const int file =
      ::open(("/proc/" + std::to_string(leader) + "/autogroup").c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  const std::string value = std::to_string(at_least(niceness));
  for (int tries = 0; tries < autogroup_tries; ++tries) {
    if (::write(file, value.data(), value.size()) >= 0 || errno != EAGAIN) break;
    ::usleep(autogroup_wait_us);
  }
  ::close(file);
}

void take_short_turns() {
  Attributes wanted;
  const int policy = ::sched_getscheduler(0);
  if (policy != SCHED_OTHER && policy != SCHED_BATCH) return;  // chosen by whoever started us
  errno = 0;
  wanted.nice = ::getpriority(PRIO_PROCESS, 0);
  if (errno != 0) return;
  wanted.policy = static_cast<std::uint32_t>(policy);
  wanted.runtime = shortest_slice_ns;
  ::syscall(SYS_sched_setattr, 0, &wanted, 0);
}

}  // namespace picsharz
