#include "base/giving_way.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace picsharz {

namespace {

constexpr std::uint64_t slice_ns = 100'000'000;  // the longest there is

// The kernel's struct sched_attr in its first version (sched_setattr(2)); not every C library's
// headers have it.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = SCHED_BATCH;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = slice_ns;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};
static_assert(sizeof(Attributes) == 48);

}  // namespace

void give_way(pid_t task, int niceness) {
  Attributes wanted;
  wanted.nice = niceness;
  if (::syscall(SYS_sched_setattr, task, &wanted, 0) == 0) return;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(task), niceness);
}

}  // namespace picsharz
