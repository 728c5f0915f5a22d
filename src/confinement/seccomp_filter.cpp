#include "confinement/seccomp_filter.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace picsharz::confinement {

bool has_seccomp() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

SeccompFilter::SeccompFilter(std::uint32_t otherwise) : filter_(::seccomp_init(otherwise)) {
  if (!filter_) throw std::bad_alloc();
  check(::seccomp_attr_set(filter_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  check(::seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_TSYNC, 1));
}

void SeccompFilter::add_own_business() {
  // No code but what is loaded by now.
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    add(SCMP_ACT_ALLOW, call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  }
  add(SCMP_ACT_ALLOW, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
  add(SCMP_ACT_ALLOW, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_EQ, thread_flags, 0));
  add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  // Unrestricted it could end the server, or itself as if from outside.
  add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
      SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0),
      SCMP_A2(SCMP_CMP_EQ, SIGABRT, 0));
}

}  // namespace picsharz::confinement
