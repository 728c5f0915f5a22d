#include "warehouse/enclosure.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>

#include "confinement/child_process.h"
#include "confinement/landlock.h"
#include "confinement/seccomp_filter.h"

namespace picsharz::warehouse {
namespace {

bool enter_landlock(const OpenFiles& files) {
  using confinement::Landlock;
  if (confinement::landlock_version() == 0) return false;
  Landlock landlock;
  for (const std::string& path : files.read) landlock.allow(path, Landlock::read_file);
  for (const std::string& path : files.write) {
    landlock.allow(path, Landlock::read_file | Landlock::write_file | Landlock::truncate);
  }
  landlock.enter();
  return true;
}

// No socket, no other program, no other process. Paths are Landlock's business; stat() tells that a
// file exists, but DuckDB asks it only of the files that it is allowed.
constexpr int allowed_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(readlink),
    SCMP_SYS(getcwd),
    SCMP_SYS(fcntl),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(fadvise64),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getcpu),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

bool enter_seccomp() {
  if (!confinement::has_seccomp()) return false;
  constexpr std::uint32_t allow = SCMP_ACT_ALLOW;
  confinement::SeccompFilter filter(SCMP_ACT_ERRNO(EPERM));
  for (const int call : allowed_calls) filter.add(allow, call);
  filter.add_own_business();
  // Limits can be asked for and not be changed.
  filter.add(allow, SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0, 0));
  filter.load();
  return true;
}

}  // namespace

Enclosure available_enclosure() {
  return {confinement::has_seccomp(), confinement::landlock_version() > 0};
}

Enclosure enclose(const OpenFiles& files) {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  Enclosure entered;
  entered.landlock = enter_landlock(files);
  entered.seccomp = enter_seccomp();
  return entered;
}

void limit_memory(std::int64_t bytes) {
  confinement::limit(RLIMIT_CORE, 0);
#ifndef PICSHARZ_SANITIZED  // sanitizers reserve terabytes of addresses
  confinement::limit(RLIMIT_DATA, bytes);
#else
  (void)bytes;
#endif
}

}  // namespace picsharz::warehouse
