#include "image/sandbox_attacks.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <map>
#include <vector>

#include "image/pipeline.h"
#include "image/refusals.h"

namespace picsharz::image::test {
namespace {

constexpr long x32_bit = 0x40000000;
constexpr int open_descriptors = 32;  // more than there are

// The descriptors of the picture and of the results; which numbers they have does not matter.
long write_to_every_file(std::size_t size) {
  const std::vector<char> bytes(size);
  long worked = -1;
  for (int descriptor = 4; descriptor < open_descriptors; ++descriptor) {
    const ssize_t first = ::write(descriptor, bytes.data(), size);  // up to the cap
    if (first > 0 && ::write(descriptor, bytes.data(), size) > 0) worked = 0;
  }
  return worked;
}

// The one that cannot be written to is the input: sealed memory, or a file that was lent.
long write_to_input() {
  char byte = 0;
  for (int descriptor = 4; descriptor < open_descriptors; ++descriptor) {
    if (::fcntl(descriptor, F_GETFL) < 0) continue;
    if (::write(descriptor, &byte, 1) < 0) return -1;
  }
  return 0;
}

long map(int protection) {
  return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
                                                                                             : 0;
}

long make_code_of_data() {
  void* const data =
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return ::mprotect(data, 4096, PROT_READ | PROT_EXEC);
}

long loop_for_ever() {
  for (volatile bool going = true; going;) {
  }
  return 0;
}

long eat_memory() {
  std::vector<std::vector<char>> eaten;
  while (true) eaten.emplace_back(16 * 1024 * 1024, 'x');
}

long start_threads() {
  const auto wait_for_ever = [](void*) -> void* {
    for (volatile bool going = true; going;) {
    }
    return nullptr;
  };
  pthread_t thread{};
  int failed = 0;
  for (int i = 0; i < 100'000 && failed == 0; ++i) {
    failed = ::pthread_create(&thread, nullptr, wait_for_ever, nullptr);
  }
  errno = failed;
  return failed == 0 ? 0 : -1;
}

#ifdef __x86_64__
// getpid by the gate of 32-bit programs.
long call_as_32_bit() {
  long result = 20;
  asm volatile("int $0x80" : "+a"(result) : : "memory");
  errno = ENOSYS;
  return result < 0 ? -1 : 0;
}
#endif

using Attack = std::function<long()>;

const std::map<std::string, Attack, std::less<>>& attacks() {
  static const char* const nothing = nullptr;
  static const std::map<std::string, Attack, std::less<>> all{
      {"open", [] { return ::open("/etc/passwd", O_RDONLY); }},
      {"openat2", [] { return ::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nothing, 0); }},
      {"creat", [] { return ::creat("/tmp/picsharz-attack", 0600); }},
      {"unlink", [] { return ::unlink("/tmp/picsharz-attack"); }},
      {"readlink", [] { return ::syscall(SYS_readlink, "/proc/self/exe", nullptr, 0); }},
      {"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0); }},
      {"unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }},
      {"connect", [] { return ::connect(3, nullptr, 0); }},
      {"fork", [] { return ::fork(); }},
      {"raw clone", [] { return ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
      {"clone3", [] { return ::syscall(SYS_clone3, nothing, 0); }},
      {"execve", [] { return ::execl("/bin/true", "true", nothing); }},
      {"ptrace", [] { return ::ptrace(PTRACE_ATTACH, ::getpid() - 1, nullptr, nullptr); }},
      {"read of another's memory",
       [] { return ::process_vm_readv(::getpid(), nullptr, 0, nullptr, 0, 0); }},
      {"kill of the parent", [] { return ::syscall(SYS_kill, 1, 0); }},
      {"tgkill of the parent", [] { return ::syscall(SYS_tgkill, 1, 1, SIGKILL); }},
      {"kill of itself", [] { return ::syscall(SYS_tgkill, ::getpid(), ::gettid(), SIGKILL); }},
      {"pidfd", [] { return ::syscall(SYS_pidfd_open, 1, 0); }},
      {"mmap of code", [] { return map(PROT_READ | PROT_EXEC); }},
      {"mprotect to code", make_code_of_data},
      {"io_uring", [] { return ::syscall(SYS_io_uring_setup, 1, nothing); }},
      {"unshare", [] { return ::syscall(SYS_unshare, 0x10000000); }},
      {"prctl", [] { return ::prctl(PR_SET_DUMPABLE, 1); }},
      {"memfd", [] { return ::memfd_create("attack", 0); }},
      {"bpf", [] { return ::syscall(SYS_bpf, 0, nothing, 0); }},
      {"userfaultfd", [] { return ::syscall(SYS_userfaultfd, 0); }},
      {"raising of limits", [] { return ::syscall(SYS_prlimit64, 0, 4, nothing, nothing); }},
      {"ioctl", [] { return ::syscall(SYS_ioctl, 0, 0x5412, nothing); }},
      {"sleep", [] { return ::syscall(SYS_nanosleep, nothing, nothing); }},
      {"write beyond its cap", [] { return write_to_every_file(48 * 1024 * 1024); }},
      {"write to its input", write_to_input},
      {"endless loop", loop_for_ever},
      {"end of its socket", [] { return ::close(3) + loop_for_ever(); }},
      {"malloc bomb", eat_memory},
      {"thread bomb", start_threads},
#ifdef __x86_64__
      {"x32 call", [] { return ::syscall(SYS_getpid | x32_bit); }},
      {"32-bit call", call_as_32_bit},
#endif
  };
  return all;
}

}  // namespace

Result<Developed> develop_or_attack(std::string_view bytes, const Probe& probe, Wanted wanted) {
  if (!bytes.starts_with(attack_prefix)) return develop_picture(bytes, probe, wanted);
  const auto attack = attacks().find(bytes.substr(attack_prefix.size()));
  if (attack == attacks().end()) return image_corrupt("no such attack");
  errno = 0;
  if (attack->second() >= 0) return image_corrupt("worked: " + attack->first);
  return image_corrupt("refused: " + std::to_string(errno));
}

}  // namespace picsharz::image::test
