#include "image/decoder_pool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "image/decoder_process.h"
#include "image/pipeline.h"
#include "image/test_pictures.h"
#include "image/watchdog.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests
using namespace std::chrono_literals;

Descriptor file_of(std::string_view bytes) {
  Descriptor file = empty_memory_file();
  EXPECT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size()));
  return file;
}

std::string develop_code(Developer& developer, std::string_view bytes) {
  const auto found = probe_bytes(bytes);
  if (!found) return found.error().code;
  const Descriptor file = file_of(bytes);
  const auto developed = developer.develop(file.get(), static_cast<std::int64_t>(bytes.size()),
                                           *found, Wanted::pixels_too);
  return developed ? "developed" : developed.error().code;
}

// Waits for something that another thread or process is about to do.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 6'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

DecoderOptions one_process() {
  DecoderOptions options;
  options.processes = 1;
  options.time_limit_min = 60 * second;  // sanitizers and busy machines are slow
  options.time_limit_max = 60 * second;
  return options;
}

pid_t only_process(const DecoderPool& pool) {
  EXPECT_TRUE(eventually([&] { return pool.processes().size() == 1; }));
  const auto processes = pool.processes();
  return processes.empty() ? -1 : processes.front();
}

// All its threads have stopped: on a busy machine that takes until each was let run.
pid_t stopped_process(const DecoderPool& pool) {
  const pid_t pid = only_process(pool);
  EXPECT_EQ(::kill(pid, SIGSTOP), 0);
  const std::string status = "/proc/" + std::to_string(pid) + "/status";
  EXPECT_TRUE(eventually([&] {
    return !is_runnable(pid) && read_file(status).find("State:\tT") != std::string::npos;
  }));
  return pid;
}

const std::string& photo() {
  static const std::string bytes = jpeg_of(scene(1500, 1000));
  return bytes;
}

TEST(DecoderPool, DevelopsInAnotherProcess) {
  DecoderPool pool(one_process());
  const auto found = probe_bytes(photo());
  ASSERT_TRUE(found);
  const Descriptor file = file_of(photo());
  const auto developed = pool.develop(file.get(), static_cast<std::int64_t>(photo().size()), *found,
                                      Wanted::pixels_too);
  ASSERT_TRUE(developed);
  EXPECT_EQ(developed->renditions.size(), 3U);
  EXPECT_LT(mean_difference(decode(rendition(*developed, 640)->bytes), scene(640, 427)), 3);
  EXPECT_NE(only_process(pool), ::getpid());
  EXPECT_EQ(pool.stats().pictures, 1);
  EXPECT_EQ(pool.stats().rejected, 0);
  EXPECT_EQ(pool.stats().started, 1);
  EXPECT_GT(pool.stats().cpu, 0);
}

TEST(DecoderPool, ProcessHasNoEnvironmentAndNoOtherDescriptor) {
  DecoderPool pool(one_process());
  const std::string folder = "/proc/" + std::to_string(only_process(pool));
  EXPECT_EQ(read_file(folder + "/cmdline"), std::string("picsharz\0decoder\0", 17));
  EXPECT_EQ(read_file(folder + "/environ"), "");
  int sockets = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/fd")) {
    const std::string target = std::filesystem::read_symlink(entry.path()).string();
    if (target.starts_with("socket:")) ++sockets;
    const bool harmless =
        target == "/dev/null" || target.starts_with("socket:") || target.starts_with("anon_inode:");
    EXPECT_TRUE(harmless) << target;
  }
  EXPECT_EQ(sockets, 1);
  const std::string limits = read_file(folder + "/limits");
  EXPECT_NE(limits.find("Max core file size        0 "), std::string::npos);
  EXPECT_NE(limits.find("Max open files            16 "), std::string::npos);
  const std::string status = read_file(folder + "/status");
  EXPECT_NE(status.find("NoNewPrivs:\t1"), std::string::npos);
}

// A file as the object store opens it.
Descriptor lent_file_of(std::string_view bytes) {
  const Descriptor file = file_of(bytes);
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

TEST(DecoderPool, AFileThatCanOnlyBeReadIsLent) {
  DecoderPool pool(one_process());
  const Descriptor file = lent_file_of(photo());
  const auto size = static_cast<std::int64_t>(photo().size());
  ASSERT_TRUE(may_be_lent(file.get(), size));
  const auto lent = pool.develop(file.get(), size, *probe_bytes(photo()), Wanted::pixels_too);
  ASSERT_TRUE(lent);
  const auto here = develop_picture(photo(), *probe_bytes(photo()));
  ASSERT_TRUE(here);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(lent->renditions[i].bytes, here->renditions[i].bytes);
  }
  EXPECT_EQ(lent->pixels.rgb, here->pixels.rgb);
  EXPECT_EQ(lent->glance.rgb, here->glance.rgb);
}

// The disk failed, or somebody cut it: no reason to reject a photo.
TEST(DecoderPool, AFileThatCannotBeReadIsNoCorruptPicture) {
  DecoderPool pool(one_process());
  const Descriptor file = lent_file_of(photo());
  const auto size = static_cast<std::int64_t>(photo().size());
  const auto found = probe_bytes(photo());
  EXPECT_THROW(static_cast<void>(pool.develop(file.get(), size + 1, *found, Wanted::renditions)),
               std::runtime_error);
  EXPECT_EQ(pool.stats().rejected, 0);
  EXPECT_EQ(pool.stats().killed, 0);
  EXPECT_TRUE(pool.develop(file.get(), size, *found, Wanted::renditions));
  EXPECT_EQ(pool.processes().size(), 1U);
}

// The pages of a process's output serve one picture after the other: of the first, nothing is in
// what the second is answered.
TEST(DecoderPool, PicturesOneAfterTheOtherAreTheSameAsAlone) {
  DecoderPool pool(one_process());
  const std::string pictures[] = {jpeg_of(scene(2400, 1600)), jpeg_of(scene(60, 40)), photo(),
                                  jpeg_of(scene(500, 1300))};
  for (const std::string& bytes : pictures) {
    for (const Wanted wanted : {Wanted::pixels_too, Wanted::renditions}) {
      const auto found = probe_bytes(bytes);
      const Descriptor file = file_of(bytes);
      const auto made =
          pool.develop(file.get(), static_cast<std::int64_t>(bytes.size()), *found, wanted);
      const auto alone = develop_picture(bytes, *found, wanted);
      ASSERT_TRUE(made && alone);
      ASSERT_EQ(made->renditions.size(), alone->renditions.size());
      for (std::size_t i = 0; i < made->renditions.size(); ++i) {
        EXPECT_EQ(made->renditions[i].bytes, alone->renditions[i].bytes);
      }
      EXPECT_EQ(made->pixels.rgb, alone->pixels.rgb);
      EXPECT_EQ(made->pixels.rgb.empty(), wanted == Wanted::renditions);
      EXPECT_EQ(made->glance.rgb, alone->glance.rgb);
      EXPECT_EQ(made->thumbhash, alone->thumbhash);
    }
  }
  EXPECT_EQ(pool.stats().started, 1);
}

TEST(DecoderPool, CorruptPictureCostsItselfAlone) {
  DecoderPool pool(one_process());
  const pid_t first = only_process(pool);
  EXPECT_EQ(develop_code(pool, photo().substr(0, photo().size() / 2)), "image_corrupt");
  EXPECT_EQ(develop_code(pool, photo()), "developed");
  EXPECT_NE(only_process(pool), first);  // replaced after the error
  EXPECT_EQ(pool.stats().rejected, 1);
  EXPECT_EQ(pool.stats().killed, 0);
}

// What becomes of a photo when a signal ends the process that holds it.
std::string develop_and_signal(DecoderPool& pool, int signal) {
  std::string code;
  // Ended before the picture was sent, the process costs none: on a busy machine wait longer.
  for (int wait = 1; pool.stats().killed == 0 && wait <= 32; wait *= 2) {
    const pid_t pid = only_process(pool);
    EXPECT_EQ(::kill(pid, SIGSTOP), 0);  // holds the picture, does not work on it
    std::thread caller([&] { code = develop_code(pool, photo()); });
    std::this_thread::sleep_for(100ms * wait);
    EXPECT_EQ(::kill(pid, signal), 0);
    ::kill(pid, SIGCONT);
    caller.join();
  }
  EXPECT_EQ(pool.stats().killed, 1);
  return code;
}

TEST(DecoderPool, CrashRejectsOnePhoto) {
  DecoderPool pool(one_process());
  EXPECT_EQ(develop_and_signal(pool, SIGABRT), "image_corrupt");
  EXPECT_EQ(pool.stats().rejected, 1);
  EXPECT_EQ(develop_code(pool, photo()), "developed");
}

// By an administrator, or because the machine ran out of memory.
TEST(DecoderPool, AKillFromOutsideCostsNoPhoto) {
  DecoderPool pool(one_process());
  EXPECT_EQ(develop_and_signal(pool, SIGKILL), "developed");
  EXPECT_EQ(pool.stats().rejected, 0);
}

// A decoder that greets, as on a kernel that lacks a layer, and never answers what it is handed.
class SilentDecoder {
 public:
  explicit SilentDecoder(const Hello& hello) {
    std::string bytes;
    for (const unsigned char byte :
         std::string_view(reinterpret_cast<const char*>(&hello), sizeof hello)) {
      std::array<char, 8> octal{};
      std::snprintf(octal.data(), octal.size(), "\\%03o", byte);
      bytes += octal.data();
    }
    std::ofstream(path_) << "#!/bin/sh\nprintf '" << bytes << "' >&3\nexec /bin/sleep 600\n";
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~SilentDecoder() { std::filesystem::remove(path_); }
  SilentDecoder(const SilentDecoder&) = delete;
  SilentDecoder& operator=(const SilentDecoder&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_ = testing::TempDir() + "silent-decoder-" + std::to_string(::getpid());
};

// None of them is ever done before it is killed.
TEST(DecoderPool, KillsOneAfterTheOtherAreSaidToBeTheDecodersTrouble) {
  const SilentDecoder decoder(Hello{.seccomp = 1, .landlock = 1});
  DecoderOptions options = one_process();
  options.program = decoder.path();
  DecoderPool pool(options);
  std::atomic<bool> over = false;
  std::thread killer([&] {
    while (!over) {
      for (const pid_t pid : pool.processes()) ::kill(pid, SIGKILL);
      std::this_thread::sleep_for(1ms);
    }
  });
  EXPECT_THROW(develop_code(pool, photo()), DecoderUnavailable);
  over = true;
  killer.join();
}

TEST(DecoderPool, HangIsKilledByTheWatchdog) {
  DecoderOptions options = one_process();
  options.time_limit_min = 300'000;
  options.time_limit_max = 300'000;
  DecoderPool pool(options);
  const pid_t pid = stopped_process(pool);
  EXPECT_EQ(develop_code(pool, photo()), "image_too_slow");
  EXPECT_EQ(pool.stats().killed, 1);
  EXPECT_EQ(::kill(pid, 0), -1);  // gone and waited for
  EXPECT_NE(only_process(pool), pid);
}

TEST(DecoderPool, NothingRiskyIsHandedOverWithoutACompleteSandbox) {
  for (const Hello& hello :
       {Hello{.seccomp = 1, .landlock = 0}, Hello{.seccomp = 0, .landlock = 1}}) {
    const SilentDecoder decoder(hello);
    DecoderOptions options = one_process();
    options.program = decoder.path();
    options.time_limit_min = 300'000;
    options.time_limit_max = 300'000;
    DecoderPool pool(options);
    const Descriptor file = file_of(photo());
    const auto size = static_cast<std::int64_t>(photo().size());
    for (const Format format : {Format::heic, Format::avif}) {
      const auto refused = pool.develop(
          file.get(), size, {.format = format, .width = 640, .height = 480}, Wanted::renditions);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, "unsupported_format");
      EXPECT_EQ(refused.error().message.find("AVIF"), std::string::npos);
    }
    const auto found = probe_bytes(photo());
    const auto unwritten = pool.encode(file.get(), size, *found, Extra::avif);
    ASSERT_FALSE(unwritten);
    EXPECT_EQ(unwritten.error().code, "unsupported_format");
    EXPECT_EQ(pool.stats().killed, 0);
    // What the layers that are there suffice for is handed over, once the shell became what sleeps:
    // who would work and is not let is not too slow.
    const std::string name = "/proc/" + std::to_string(only_process(pool)) + "/comm";
    EXPECT_TRUE(eventually(
        [&] { return read_file(name) == "sleep\n" && !is_runnable(only_process(pool)); }));
    EXPECT_EQ(develop_code(pool, photo()), "image_too_slow");
  }
}

// A decoder that sleeps is ended at the limit: for these formats not before twice the time.
TEST(DecoderPool, SlowerFormatsHaveTwiceTheTime) {
  const SilentDecoder decoder(Hello{.seccomp = 1, .landlock = 1});
  DecoderOptions options = one_process();
  options.program = decoder.path();
  options.time_limit_min = options.time_limit_max = 1'200'000;
  DecoderPool pool(options);
  const Descriptor file = file_of(photo());
  const auto size = static_cast<std::int64_t>(photo().size());
  for (const Format format : {Format::heic, Format::avif}) {
    const auto begin = std::chrono::steady_clock::now();
    const auto refused = pool.develop(
        file.get(), size, {.format = format, .width = 640, .height = 480}, Wanted::renditions);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "image_too_slow");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 2'400ms);
  }
}

TEST(DecoderPool, MemoryBeyondTheLimitIsTooLarge) {
  DecoderOptions options = one_process();
  options.memory_bytes = 1;
  DecoderPool pool(options);
  stopped_process(pool);  // so that the watch looks before it is done
  EXPECT_EQ(develop_code(pool, photo()), "image_too_large");
  EXPECT_EQ(pool.stats().killed, 1);
}

TEST(DecoderPool, ProcessThatDiedIdleCostsNoPhoto) {
  DecoderPool pool(one_process());
  const pid_t pid = only_process(pool);
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  // A zombie whose last thread is gone: its end of the socket is closed, and the pool has not
  // noticed. The first thread alone may be a zombie while others still hold the socket.
  const std::string process = "/proc/" + std::to_string(pid);
  ASSERT_TRUE(eventually([&] {
    const std::filesystem::directory_iterator threads(process + "/task");
    return std::distance(begin(threads), end(threads)) == 1 &&
           read_file(process + "/status").find("State:\tZ") != std::string::npos;
  }));
  EXPECT_EQ(develop_code(pool, photo()), "developed");
  EXPECT_EQ(pool.stats().rejected, 0);
}

TEST(DecoderPool, RecyclesItsProcesses) {
  DecoderOptions options = one_process();
  options.pictures_per_process = 2;
  DecoderPool pool(options);
  const std::string small = jpeg_of(scene(40, 30));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(develop_code(pool, small), "developed");
  EXPECT_TRUE(eventually([&] { return pool.stats().started == 3; }));
}

TEST(DecoderPool, CallersBeyondThePoolWait) {
  DecoderOptions options = one_process();
  options.processes = 2;
  DecoderPool pool(options);
  // Small: who waits for all others does so for a minute at most.
  const std::string small = jpeg_of(scene(300, 200));
  std::atomic<int> developed = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 3; ++k) developed += develop_code(pool, small) == "developed";
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(developed, 24);
  EXPECT_EQ(pool.stats().pictures, 24);
  EXPECT_LE(pool.stats().started, 2);
}

TEST(DecoderPool, ProgramThatCannotStartIsUnavailable) {
  for (const char* program : {"/nonexistent/picsharz", "/bin/true"}) {
    DecoderOptions options = one_process();
    options.program = program;
    DecoderPool pool(options);
    EXPECT_THROW(develop_code(pool, photo()), DecoderUnavailable) << program;
  }
}

TEST(DecoderPool, ProcessesEndWithThePool) {
  pid_t pid = -1;
  {
    DecoderPool pool(one_process());
    pid = only_process(pool);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

}  // namespace
}  // namespace picsharz::image
