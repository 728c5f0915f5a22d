#include "confinement/landlock.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

namespace picsharz::confinement {

namespace {

struct Ruleset {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;  // version 4
  std::uint64_t scoped;              // version 6
};

struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed_access;
  std::int32_t parent;
};

constexpr std::uint32_t version_flag = 1;
constexpr int path_beneath = 1;
constexpr std::uint64_t net_bind_and_connect_tcp = 3;
constexpr std::uint64_t scope_abstract_sockets_and_signals = 3;

[[noreturn]] void fail_with(int code, const std::string& what) {
  throw std::system_error(code, std::generic_category(), what);
}

// Every kind of access that the version knows.
std::uint64_t file_accesses(int version) {
  constexpr int first = 13;  // execute ... make_sym
  const int kinds =
      first + (version >= 2) + (version >= 3) + (version >= 5);  // refer, truncate, ioctl
  return (std::uint64_t{1} << kinds) - 1;
}

}  // namespace

int landlock_version() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, version_flag);
  return version > 0 ? static_cast<int>(version) : 0;
}

Landlock::Landlock() {
  const int version = landlock_version();
  accesses_ = file_accesses(version);
  Ruleset rules{accesses_, 0, 0};
  std::size_t size = sizeof rules.handled_access_fs;
  if (version >= 4) {
    rules.handled_access_net = net_bind_and_connect_tcp;
    size += sizeof rules.handled_access_net;
  }
  if (version >= 6) {
    rules.scoped = scope_abstract_sockets_and_signals;
    size += sizeof rules.scoped;
  }
  ruleset_ = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0));
  if (ruleset_ < 0) fail_with(errno, "Landlock");
}

Landlock::~Landlock() { ::close(ruleset_); }

void Landlock::allow(const std::string& path, std::uint64_t accesses) {
  const int file = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (file < 0) fail_with(errno, path + " cannot be opened");
  const PathBeneath rule{accesses & accesses_, file};
  const long failed = ::syscall(SYS_landlock_add_rule, ruleset_, path_beneath, &rule, 0);
  const int reason = errno;
  ::close(file);
  if (failed != 0) fail_with(reason, "Landlock");
}

void Landlock::enter() {
  if (::syscall(SYS_landlock_restrict_self, ruleset_, 0) != 0) fail_with(errno, "Landlock");
}

}  // namespace picsharz::confinement
