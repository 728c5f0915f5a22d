// The test program is its own decoder: the pool starts /proc/self/exe with the command "decoder".
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "confinement/child_process.h"
#include "image/decoder_pool.h"
#include "image/sandbox_attacks.h"
#include "image/vips_pictures.h"

#if defined(__SANITIZE_THREAD__) && defined(__clang__)
// A decoder has no environment that could say it: the threads of its libraries are not watched, and
// a report would be a forbidden system call. This runs before the runtime is set up.
extern "C" [[clang::disable_sanitizer_instrumentation]] const char*
__tsan_default_options() {  // NOLINT: its name
  char line[64] = {};
  const long file = ::syscall(SYS_open, "/proc/self/cmdline", O_RDONLY);
  ::syscall(SYS_read, file, line, sizeof line - 1);
  ::syscall(SYS_close, file);
  const char* word = line;
  while (*word != 0) ++word;  // the program's name
  const char* wanted = "decoder";
  for (++word; *wanted != 0 && *word == *wanted; ++word) ++wanted;
  return *wanted == 0 ? "report_bugs=0" : "";
}
#endif

int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "decoder") == 0) {
    picsharz::image::decoder_main(picsharz::confinement::child_socket,
                                  picsharz::image::test::develop_or_attack);
  }
  testing::InitGoogleTest(&count, arguments);
  picsharz::image::init_vips();
  return RUN_ALL_TESTS();
}
