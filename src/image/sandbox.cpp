#include "image/sandbox.h"

#include <linux/seccomp.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fcntl.h>
#include <cerrno>
#include <memory>
#include <system_error>

namespace picsharz::image {
namespace {

[[noreturn]] void fail_with(int code, const char* what) {
  throw std::system_error(code, std::generic_category(), what);
}

// --- Landlock: glibc 2.36 has no functions, Debian's headers stop at the second version ----------

struct LandlockRuleset {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;  // version 4
  std::uint64_t scoped;              // version 6
};

constexpr std::uint32_t landlock_version = 1;  // the flag that asks for it
constexpr std::uint64_t net_bind_and_connect_tcp = 3;
constexpr std::uint64_t scope_abstract_sockets_and_signals = 3;

long landlock_create_ruleset(const LandlockRuleset* rules, std::size_t size, std::uint32_t flags) {
  return ::syscall(SYS_landlock_create_ruleset, rules, size, flags);
}

// Every kind of access that the version knows.
std::uint64_t file_accesses(int version) {
  constexpr int first = 13;  // execute ... make_sym
  const int kinds =
      first + (version >= 2) + (version >= 3) + (version >= 5);  // refer, truncate, ioctl
  return (std::uint64_t{1} << kinds) - 1;
}

int available_landlock() {
  const long version = landlock_create_ruleset(nullptr, 0, landlock_version);
  return version > 0 ? static_cast<int>(version) : 0;
}

// --- seccomp
// --------------------------------------------------------------------------------------

bool available_seccomp() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

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

// What pthread_create() asks clone for in glibc 2.36; nothing else is a thread of ours.
constexpr scmp_datum_t thread_flags = 0x3d0f00;

class Filter {
 public:
  Filter() : filter_(::seccomp_init(SCMP_ACT_KILL_PROCESS)) {
    if (!filter_) throw std::bad_alloc();
    check(::seccomp_attr_set(filter_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    check(::seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_TSYNC, 1));
  }

  template <class... Arguments>
  void add(std::uint32_t action, int call, Arguments... arguments) {
    check(::seccomp_rule_add(filter_.get(), action, call, sizeof...(arguments), arguments...));
  }

  void load() { check(::seccomp_load(filter_.get())); }

 private:
  static void check(int result) {
    if (result < 0) fail_with(-result, "seccomp");
  }

  struct Release {
    void operator()(scmp_filter_ctx filter) const { ::seccomp_release(filter); }
  };
  std::unique_ptr<void, Release> filter_;
};

void limit(__rlimit_resource resource, std::int64_t value) {
  const rlimit both{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  if (::setrlimit(resource, &both) != 0) fail_with(errno, "setrlimit");
}

}  // namespace

Sandbox available_sandbox() { return {available_seccomp(), available_landlock()}; }

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
  const int version = available_landlock();
  if (version == 0) return 0;
  LandlockRuleset rules{file_accesses(version), 0, 0};
  std::size_t size = sizeof rules.handled_access_fs;
  if (version >= 4) {
    rules.handled_access_net = net_bind_and_connect_tcp;
    size += sizeof rules.handled_access_net;
  }
  if (version >= 6) {
    rules.scoped = scope_abstract_sockets_and_signals;
    size += sizeof rules.scoped;
  }
  const long ruleset = landlock_create_ruleset(&rules, size, 0);
  if (ruleset < 0) fail_with(errno, "Landlock");
  const long failed = ::syscall(SYS_landlock_restrict_self, ruleset, 0);
  const int reason = errno;
  ::close(static_cast<int>(ruleset));
  if (failed != 0) fail_with(reason, "Landlock");
  return version;
}

bool enter_seccomp() {
  if (!available_seccomp()) return false;
  constexpr std::uint32_t allow = SCMP_ACT_ALLOW;
  Filter filter;
  for (const int call : allowed_calls) filter.add(allow, call);
  // No code but the program's own.
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    filter.add(allow, call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  }
  filter.add(allow, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
  filter.add(allow, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0));
  filter.add(allow, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GETFD, 0));
  // fstat() of glibc 2.36. A path in its place would tell that a file exists, and no more: a filter
  // cannot see it, and Landlock does not know the call.
  filter.add(allow, SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH, 0));
  filter.add(allow, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_EQ, thread_flags, 0));
  filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  // abort() of this process. Unrestricted it could end the server, or itself as if from outside.
  filter.add(allow, SCMP_SYS(tgkill),
             SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0),
             SCMP_A2(SCMP_CMP_EQ, SIGABRT, 0));
  filter.load();
  return true;
}

void enter_limits(std::int64_t output_bytes) {
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
