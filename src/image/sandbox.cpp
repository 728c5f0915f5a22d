#include "image/sandbox.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "confinement/child_process.h"
#include "confinement/landlock.h"
#include "confinement/seccomp_filter.h"

namespace picsharz::image {
namespace {

constexpr int allowed_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(munmap),
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(getpid),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(fstat),
    SCMP_SYS(mremap),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(gettid),
#ifdef PICSHARZ_SANITIZED
    SCMP_SYS(sched_yield),  // of the sanitizers' locks
#endif
#ifdef __SANITIZE_THREAD__
    SCMP_SYS(nanosleep),  // of its thread in the background, and around the vDSO
    SCMP_SYS(gettimeofday),
#endif
};

}  // namespace

Sandbox available_sandbox() {
  return {confinement::has_seccomp(), confinement::landlock_version()};
}

std::string describe(const Sandbox& sandbox) {
  if (sandbox.complete()) {
    return "seccomp, Landlock " + std::to_string(sandbox.landlock) + ", resource limits";
  }
  std::string text = "This kernel has ";
  if (!sandbox.seccomp) text += "no seccomp filters";
  if (!sandbox.seccomp && sandbox.landlock == 0) text += " and ";
  if (sandbox.landlock == 0) text += "no Landlock";
  return text +
         ": AVIF and HEIC are refused. Use Linux 5.13 or later, with landlock in its list of "
         "security modules (lsm=landlock,...).";
}

int enter_landlock() {
  const int version = confinement::landlock_version();
  if (version > 0) confinement::Landlock().enter();  // nothing is allowed
  return version;
}

bool enter_seccomp() {
  if (!confinement::has_seccomp()) return false;
  constexpr std::uint32_t allow = SCMP_ACT_ALLOW;
  confinement::SeccompFilter filter(SCMP_ACT_KILL_PROCESS);
  for (const int call : allowed_calls) filter.add(allow, call);
  filter.add_own_business();
  filter.add(allow, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0));
  filter.add(allow, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GETFD, 0));
  // fstat() of glibc 2.36. A path in its place would tell that a file exists, and no more: a filter
  // cannot see it, and Landlock does not know the call.
  filter.add(allow, SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH, 0));
  filter.load();
  return true;
}

void enter_limits(std::int64_t output_bytes) {
  using confinement::limit;
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 16);
  limit(RLIMIT_FSIZE, output_bytes);
#ifndef PICSHARZ_SANITIZED  // sanitizers reserve terabytes of addresses
  constexpr std::int64_t MiB = 1024 * 1024;
  limit(RLIMIT_DATA, 704 * MiB);  // an AVIF of 64 megapixels needs 540
  limit(RLIMIT_AS, 1024 * MiB);
#endif
}

}  // namespace picsharz::image
