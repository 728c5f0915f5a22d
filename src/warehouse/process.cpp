#include "warehouse/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/cpu_meter.h"
#include "confinement/child_process.h"
#include "warehouse/table_file.h"
#include "warehouse/warehouse_main.h"

namespace picsharz::warehouse {
namespace {

// Behind everybody's pages; a person waits for the answer of a question.
int niceness_of(JobKind kind) { return kind == JobKind::query ? 2 : 5; }

[[noreturn]] void fail_with(int code, const std::string& what) {
  throw WarehouseError(what + ": " + std::generic_category().message(code));
}

}  // namespace

std::unique_ptr<Process> Process::start(const Engine& engine, JobKind kind, Packer& job) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    fail_with(errno, "no socket can be made for DuckDB");
  }
  pid_t pid = -1;
  try {
    pid = confinement::start_child({.program = engine.program,
                                    .command = "warehouse",
                                    .socket = pair[1],
                                    .niceness = niceness_of(kind),
                                    .variable = "TZ=UTC0"});
  } catch (const std::system_error& failure) {
    ::close(pair[0]);
    ::close(pair[1]);
    throw WarehouseError("DuckDB: " + std::string(failure.what()));
  }
  ::close(pair[1]);
  std::unique_ptr<Process> process(new Process(pid, pair[0], kind));
  Packer whole;
  whole.number(static_cast<std::int64_t>(kind));
  whole.text(engine.library);
  whole.bytes() += job.bytes();
  if (!send_frame(process->socket(), FrameKind::job, whole.bytes())) {
    throw WarehouseError("the process for DuckDB ended before it had its job");
  }
  return process;
}

Process::~Process() {
  finish();
  ::close(socket_);
}

int Process::finish() {
  if (std::exchange(ended_, true)) return 0;
  int status = 0;
  rusage used{};
  ::kill(pid_, SIGKILL);
  while (::wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  meter_child(kind_ == JobKind::query ? "questions" : "backups", used);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

std::int64_t Process::resident_bytes() const {
  const std::string path = "/proc/" + std::to_string(pid_) + "/statm";
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::array<char, 128> text{};
  const ssize_t got = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  if (got <= 0) return 0;
  // Two numbers: all pages, and those in memory.
  const std::string_view line(text.data());
  const std::size_t space = std::min(line.find(' '), line.size() - 1);
  std::int64_t resident = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), resident);
  return resident * ::sysconf(_SC_PAGESIZE);
}

Frame Process::expect(FrameKind first, FrameKind second) {
  auto frame = receive_frame(socket_);
  if (!frame) throw WarehouseError("the process for DuckDB ended before its work");
  if (frame->kind == FrameKind::failed) {
    Unpacker failure(frame->payload);
    failure.number();
    throw WarehouseError(std::string(failure.text()));
  }
  if (frame->kind != first && frame->kind != second) {
    throw WarehouseError("the process for DuckDB said something unexpected");
  }
  return *std::move(frame);
}

}  // namespace picsharz::warehouse
