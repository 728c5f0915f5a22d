#include "image/decoder_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "confinement/child_process.h"
#include "image/watchdog.h"

namespace picsharz::image {
namespace {

constexpr std::int64_t output_kept = 4 * 1024 * 1024;
constexpr std::int64_t lent_max = 16 * 1024 * 1024;
constexpr Micros end_timeout = 5 * second;  // from the end of its socket to its own

[[noreturn]] void fail_with(int code, const char* what) {
  throw std::system_error(code, std::generic_category(), what);
}

Micros steady_now() { return SystemClock().steady(); }

// poll() with a deadline; false at its end. Interruptions do not prolong it.
bool wait_readable(pollfd* descriptors, nfds_t count, Micros timeout) {
  const Micros end = steady_now() + timeout;
  while (true) {
    const Micros left = std::max<Micros>(0, end - steady_now());
    const int ready = ::poll(descriptors, count, static_cast<int>((left + 999) / 1000));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) fail_with(errno, "poll");
    if (left == 0) return false;
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

std::unique_ptr<DecoderProcess> DecoderProcess::start(const std::string& program, int niceness) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    fail_with(errno, "decoder socket");
  }
  Descriptor ours(pair[0]);
  Descriptor output = empty_memory_file();
  const Descriptor theirs(pair[1]);
  const pid_t pid = confinement::start_child(
      {.program = program, .command = "decoder", .socket = theirs.get(), .niceness = niceness});
  return std::unique_ptr<DecoderProcess>(
      new DecoderProcess(pid, std::move(ours), std::move(output)));
}

DecoderProcess::~DecoderProcess() { finish(); }

// Kills it, waits for it, and tells by which signal it ended; a signal before ours is the one.
int DecoderProcess::finish() {
  if (std::exchange(ended_, true)) return 0;
  int status = 0;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// A process that ends closes its socket on the way. One that only closed its socket does not end.
bool DecoderProcess::ends_by_itself() const {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd waiting{process.get(), POLLIN, 0};
  return process.get() >= 0 && wait_readable(&waiting, 1, end_timeout);
}

bool DecoderProcess::wait_until_ready(int stop, Micros timeout) {
  std::array<pollfd, 2> waiting{pollfd{socket_.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
  if (!wait_readable(waiting.data(), waiting.size(), timeout) || waiting[1].revents != 0) {
    return false;
  }
  Hello hello{0};
  const ssize_t got = ::recv(socket_.get(), &hello, sizeof hello, MSG_TRUNC);
  sandbox_ = {hello.seccomp != 0, hello.landlock};
  return got == static_cast<ssize_t>(sizeof hello) && hello.magic == hello_magic;
}

bool DecoderProcess::send(const Request& request, int input) {
  const std::array<int, 2> descriptors{input, output_.get()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  iovec part{const_cast<Request*>(&request), sizeof request};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof descriptors);
  while (true) {
    const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent >= 0) return true;
    if (errno != EINTR) return false;
  }
}

std::int64_t DecoderProcess::resident_bytes() const {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/statm", static_cast<int>(pid_));
  const Descriptor file(::open(path.data(), O_RDONLY | O_CLOEXEC));
  std::array<char, 128> text{};
  if (file.get() < 0 || ::read(file.get(), text.data(), text.size() - 1) <= 0) return 0;
  // Two numbers: all pages, and those in memory.
  const std::string_view line(text.data());
  const std::size_t space = std::min(line.find(' '), line.size() - 1);
  std::int64_t resident = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), resident);
  return resident * ::sysconf(_SC_PAGESIZE);
}

void DecoderProcess::trim_output() {
  struct stat info {};
  if (::fstat(output_.get(), &info) != 0 || info.st_size <= output_kept) return;
  if (::ftruncate(output_.get(), 0) != 0) fail_with(errno, "memory file");
}

Outcome DecoderProcess::run(const Request& request, int input, const Watch& watch, Reply& reply) {
  if (!send(request, input)) return Outcome::not_sent;
  ++pictures_;
  const Micros begin = steady_now();
  const Micros cpu_before = cpu_time_of(pid_);
  Watchdog watchdog(watch.time_limit);
  pollfd waiting{socket_.get(), POLLIN, 0};
  while (!wait_readable(&waiting, 1, watchdog_interval)) {
    if (resident_bytes() > watch.memory_limit) return Outcome::too_large;
    const Micros wall = steady_now() - begin;
    if (!watchdog.wants_look(wall)) continue;
    const Micros cpu = cpu_time_of(pid_) - cpu_before;
    switch (watchdog.look({wall, cpu, is_runnable(pid_)})) {
      case TimeIs::left:
        break;
      case TimeIs::over:
        return Outcome::too_slow;
      case TimeIs::not_given:
        return Outcome::starved;
    }
  }
  const ssize_t got = ::recv(socket_.get(), &reply, sizeof reply, MSG_TRUNC);
  if (got == static_cast<ssize_t>(sizeof reply)) return Outcome::replied;
  // Only the kernel and the administrator send SIGKILL: the sandbox lets no decoder do so.
  const bool ended = got <= 0 && ends_by_itself();
  const int signal = finish();
  if (signal == SIGSYS) return Outcome::forbidden;
  return ended && signal == SIGKILL ? Outcome::killed : Outcome::crashed;
}

bool may_be_lent(int file, std::int64_t size) {
  const int flags = ::fcntl(file, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) == O_RDONLY && size <= lent_max;
}

Descriptor sealed_copy(int source, std::int64_t size) {
  Descriptor copy(::memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (copy.get() < 0) fail_with(errno, "memory file");
  off_t offset = 0;
  while (offset < size) {
    const auto left = static_cast<std::size_t>(size - offset);
    const ssize_t sent = ::sendfile(copy.get(), source, &offset, left);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) fail_with(errno, "copy of the original");
    if (sent == 0) throw std::runtime_error("the original is shorter than recorded");
  }
  constexpr int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  if (::fcntl(copy.get(), F_ADD_SEALS, seals) != 0) fail_with(errno, "seal");
  return copy;
}

Descriptor empty_memory_file() {
  Descriptor file(::memfd_create("renditions", MFD_CLOEXEC));
  if (file.get() < 0) fail_with(errno, "memory file");
  return file;
}

}  // namespace picsharz::image
