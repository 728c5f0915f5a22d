// Attempts of a decoder that is taken over. Each must be refused or end its process; the photo is
// rejected, and the next one is developed.
#include "image/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "image/decoder_process.h"
#include "image/sandbox_attacks.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

enum class End {
  forbidden,  // SIGSYS
  killed,     // by another signal: SIGXFSZ, the watchdog
  refused,    // the call failed, the process goes on
  too_large,
  too_slow,
};

struct Attempt {
  std::string name;
  std::vector<End> ends;
  int reason = 0;  // errno of a refusal; 0: any
};

void PrintTo(const Attempt& attempt, std::ostream* out) { *out << attempt.name; }

DecoderOptions one_process() {
  DecoderOptions options;
  options.processes = 1;
  options.time_limit_min = 60 * second;  // sanitizers and busy machines are slow
  options.time_limit_max = 60 * second;
  return options;
}

// `lent`: as a file of the object store, which can only be read.
Result<Developed> run(DecoderPool& pool, std::string_view bytes, const Probe& probe,
                      bool lent = false) {
  Descriptor file = empty_memory_file();
  EXPECT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size()));
  if (lent) {
    const std::string path = "/proc/self/fd/" + std::to_string(file.get());
    file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  return pool.develop(file.get(), static_cast<std::int64_t>(bytes.size()), probe,
                      Wanted::pixels_too);
}

// Where no processor was free for it, which says nothing of the attempt, it is made another time,
// in a pool that knows nothing of the first.
Result<Developed> run_until_it_is_told(std::optional<DecoderPool>& pool,
                                       const DecoderOptions& options, std::string_view bytes,
                                       const Probe& probe) {
  for (int tries = 1;; ++tries) {
    pool.emplace(options);
    try {
      return run(*pool, bytes, probe);
    } catch (const DecoderBusy&) {
      if (tries == 20) throw;
    }
  }
}

End end_of(const Error& error, const DecoderStats& stats) {
  if (error.code == "image_too_large") return End::too_large;
  if (error.code == "image_too_slow") return End::too_slow;
  if (stats.forbidden > 0) return End::forbidden;
  return stats.killed > 0 ? End::killed : End::refused;
}

class Attempts : public testing::TestWithParam<Attempt> {
 protected:
  void SetUp() override {
    if (!available_sandbox().complete()) GTEST_SKIP() << describe(available_sandbox());
  }
};

TEST_P(Attempts, EndsItsProcessOrIsRefused) {
  const Attempt& attempt = GetParam();
  DecoderOptions options = one_process();
  if (attempt.ends.front() == End::too_slow) {
    options.time_limit_min = second;
    options.time_limit_max = second;
  }
  std::optional<DecoderPool> pool;
  const auto answer = run_until_it_is_told(pool, options, std::string(attack_prefix) + attempt.name,
                                           {.width = 8, .height = 8});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().detail.find("worked"), std::string::npos) << answer.error().detail;
  EXPECT_EQ(answer.error().detail.find("no such attack"), std::string::npos);
  const End end = end_of(answer.error(), pool->stats());
  EXPECT_NE(std::ranges::find(attempt.ends, end), attempt.ends.end())
      << static_cast<int>(end) << " " << answer.error().detail;
  if (end == End::refused && attempt.reason != 0) {
    EXPECT_EQ(answer.error().detail, "decoder: refused: " + std::to_string(attempt.reason));
  }
  EXPECT_EQ(pool->stats().rejected, 1);
  // Nobody else notices.
  const std::string photo = jpeg_of(scene(60, 40));
  EXPECT_TRUE(run(*pool, photo, *probe_bytes(photo)));
}

TEST(LentFile, CannotBeWrittenTo) {
  DecoderPool pool(one_process());
  const std::string attack = std::string(attack_prefix) + "write to its input";
  const auto answer = run(pool, attack, {.width = 8, .height = 8}, true);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().detail, "decoder: refused: " + std::to_string(EBADF));
}

std::vector<Attempt> forbidden_calls() {
  std::vector<Attempt> attempts;
  for (const char* name : {"open",
                           "openat2",
                           "creat",
                           "unlink",
                           "readlink",
                           "socket",
                           "unix socket",
                           "connect",
                           "fork",
                           "raw clone",
                           "execve",
                           "ptrace",
                           "read of another's memory",
                           "kill of the parent",
                           "tgkill of the parent",
                           "kill of itself",
                           "pidfd",
                           "mmap of code",
                           "mprotect to code",
                           "io_uring",
                           "unshare",
                           "prctl",
                           "memfd",
                           "bpf",
                           "userfaultfd",
                           "raising of limits",
                           "ioctl"}) {
    attempts.push_back({name, {End::forbidden}});
  }
#ifndef __SANITIZE_THREAD__
  attempts.push_back({"sleep", {End::forbidden}});  // ThreadSanitizer itself sleeps
#endif
#ifdef __x86_64__
  attempts.push_back({"x32 call", {End::forbidden}});
  // A kernel without 32-bit programs has no such gate: SIGSEGV.
  attempts.push_back({"32-bit call", {End::forbidden, End::killed}});
#endif
  return attempts;
}

std::string test_name(const testing::TestParamInfo<Attempt>& info) {
  std::string name = info.param.name;
  std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
  return name;
}

INSTANTIATE_TEST_SUITE_P(Calls, Attempts, testing::ValuesIn(forbidden_calls()), test_name);

INSTANTIATE_TEST_SUITE_P(Excesses, Attempts,
                         testing::Values(
                             Attempt{"clone3", {End::refused}, ENOSYS},
                             Attempt{"write to its input", {End::refused}, EPERM},
                             Attempt{"write beyond its cap", {End::killed}},  // SIGXFSZ
                             Attempt{"endless loop", {End::too_slow}},
                             Attempt{"end of its socket", {End::killed}},  // by its parent
#ifdef PICSHARZ_SANITIZED  // without limits of memory: the watchdog sees both
                             Attempt{"malloc bomb", {End::too_large}},
                             Attempt {
                               "thread bomb", { End::too_slow, End::too_large, End::killed }
                             }
#else
                             Attempt{"malloc bomb", {End::too_large}},
                             Attempt{"thread bomb", {End::refused}, EAGAIN}
#endif
                             ),
                         test_name);

// What Landlock refuses on its own, should the filter ever let a call through.
TEST(Sandbox, LandlockAloneRefusesFilesAndTcp) {
  const int version = available_sandbox().landlock;
  if (version == 0) GTEST_SKIP() << describe(available_sandbox());
  const auto attempts = [version] {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (enter_landlock() != version) ::_exit(1);
    if (::open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES) ::_exit(2);
    if (::open("/tmp/picsharz-attack", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0) ::_exit(3);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)::connect(tcp, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (version >= 4 && errno != EACCES) ::_exit(4);
    if (version >= 6 && (::kill(::getppid(), 0) == 0 || errno != EPERM)) ::_exit(5);
    ::_exit(0);
  };
  EXPECT_EXIT(attempts(), testing::ExitedWithCode(0), "");
}

TEST(Sandbox, SaysWhatIsMissing) {
  EXPECT_EQ(describe({.seccomp = true, .landlock = 7}), "seccomp, Landlock 7, resource limits");
  EXPECT_FALSE((Sandbox{.seccomp = true, .landlock = 0}.complete()));
  EXPECT_FALSE((Sandbox{.seccomp = false, .landlock = 7}.complete()));
  EXPECT_NE(describe({.seccomp = true, .landlock = 0}).find("no Landlock"), std::string::npos);
  EXPECT_NE(describe({}).find("AVIF and HEIC are refused"), std::string::npos);
}

}  // namespace
}  // namespace picsharz::image
