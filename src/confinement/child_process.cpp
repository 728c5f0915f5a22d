#include "confinement/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/giving_way.h"

namespace picsharz::confinement {

namespace {

[[noreturn]] void fail_with(int code, const char* what) {
  throw std::system_error(code, std::generic_category(), what);
}

struct SpawnActions {
  posix_spawn_file_actions_t raw;
  SpawnActions() { posix_spawn_file_actions_init(&raw); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&raw); }
};

struct SpawnAttributes {
  posix_spawnattr_t raw;
  SpawnAttributes() { posix_spawnattr_init(&raw); }
  ~SpawnAttributes() { posix_spawnattr_destroy(&raw); }
};

// The child gets the socket at 3, nothing at 0..2, and no other descriptor. The standard ones stay
// open so that no library ever writes a message into a file that got a low number.
void set_descriptors(SpawnActions& actions, int socket) {
  posix_spawn_file_actions_adddup2(&actions.raw, socket, child_socket);
  for (int standard = 0; standard < child_socket; ++standard) {
    posix_spawn_file_actions_addopen(&actions.raw, standard, "/dev/null", O_RDWR, 0);
  }
  posix_spawn_file_actions_addclosefrom_np(&actions.raw, child_socket + 1);
}

// Default signal handling, none blocked, a session of its own: Ctrl-C is the parent's business.
void set_signals(SpawnAttributes& attributes) {
  sigset_t all;
  sigset_t none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes.raw, &all);
  posix_spawnattr_setsigmask(&attributes.raw, &none);
  posix_spawnattr_setflags(&attributes.raw,
                           POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
}

}  // namespace

pid_t start_child(const Child& child) {
  SpawnActions actions;
  SpawnAttributes attributes;
  set_descriptors(actions, child.socket);
  set_signals(attributes);
  std::string name = "picsharz";
  std::string command = child.command;
  std::string variable = child.variable;
  const std::array<char*, 3> arguments{name.data(), command.data(), nullptr};
  const std::array<char*, 2> environment{variable.empty() ? nullptr : variable.data(), nullptr};
  const char* path = child.program.empty() ? "/proc/self/exe" : child.program.c_str();
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, path, &actions.raw, &attributes.raw, arguments.data(),
                                   environment.data());
  if (failed != 0) fail_with(failed, "a process cannot be started");
  // Before it has threads, which inherit it. Refused, it is as fast as the others: no harm.
  if (child.niceness > 0) give_way_as_session(pid, child.niceness);
  return pid;
}

void limit(int resource, std::int64_t value) {
  const rlimit both{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  if (::setrlimit(static_cast<__rlimit_resource>(resource), &both) != 0) {
    fail_with(errno, "setrlimit");
  }
}

}  // namespace picsharz::confinement
