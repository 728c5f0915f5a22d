// Decoding in processes of their own: a crash, a hang or a memory bomb costs one photo.
//
// What:      a pool of pre-started `picsharz` processes (exec of itself, hidden command "decoder")
//            in a sandbox (image/sandbox.h). develop() lends the original where its descriptor can
//            only be read, or hands over a sealed copy in memory, waits with a watchdog, and reads
//            the results from a memfd with pread. A process is replaced after 200 pictures and
//            after any error. encode() does the same for an extra.
// Threads:   both may be called from any thread; calls beyond the pool's size wait.
// Failures:  image_corrupt, image_too_large (memory), image_too_slow: a value, the photo's reason.
//            unsupported_format for AVIF and HEIC, to read or to write, where the process has no
//            complete sandbox; for AVIF, too, where no encoder is installed.
//            A process that is killed from outside costs no picture: another one begins it anew.
//            DecoderUnavailable is thrown where no process can be started, or one after the other
//            is killed: try again later. DecoderBusy where the machine has no time for pictures.
//            std::runtime_error where the original cannot be read.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "image/image.h"

namespace picsharz::image {

class DecoderUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// It says nothing of the picture, however often that happens.
class DecoderBusy : public DecoderUnavailable {
 public:
  using DecoderUnavailable::DecoderUnavailable;
};

// The interfaces; the fakes are in image/fake_developer.h.
class Developer {
 public:
  virtual ~Developer() = default;
  virtual Result<Developed> develop(int descriptor, std::int64_t size, const Probe& probe,
                                    Wanted wanted) = 0;
};

// Smallest first; nothing where the picture is too small for this extra.
class ExtraEncoder {
 public:
  virtual ~ExtraEncoder() = default;
  virtual Result<std::vector<Rendition>> encode(int descriptor, std::int64_t size,
                                                const Probe& probe, Extra extra) = 0;
};

struct DecoderOptions {
  std::string program;  // the picsharz binary; "" = /proc/self/exe
  int processes = 2;
  int pictures_per_process = 200;
  std::int64_t memory_bytes = 512LL * 1024 * 1024;
  // libheif holds a picture three times; 64 megapixels were measured at 540 MiB.
  std::int64_t heif_memory_bytes = 576LL * 1024 * 1024;
  Micros time_limit_min = 2 * second;  // and 2 s for each 25 megapixels; AVIF and HEIC twice that
  Micros time_limit_max = 8 * second;
  int niceness = 0;  // of the processes (base/giving_way.h): 19 gives way to everybody
  // 0: processes start before they are needed, and stay. Otherwise they start for a picture and end
  // after so long without one: a pool that is seldom needed costs no memory.
  Micros idle_time = 0;
};

struct DecoderStats {
  std::int64_t pictures = 0;
  std::int64_t rejected = 0;
  std::int64_t killed = 0;     // by the watchdog or a signal
  std::int64_t forbidden = 0;  // of these: for a system call that no decoder makes
  std::int64_t started = 0;    // processes
  Micros busy = 0;             // waiting for decoders
  Micros cpu = 0;              // as the decoders count it
};

class DecoderPool final : public Developer, public ExtraEncoder {
 public:
  explicit DecoderPool(DecoderOptions options);
  ~DecoderPool() override;
  Result<Developed> develop(int descriptor, std::int64_t size, const Probe& probe,
                            Wanted wanted) override;
  Result<std::vector<Rendition>> encode(int descriptor, std::int64_t size, const Probe& probe,
                                        Extra extra) override;
  DecoderStats stats() const;
  // The processes that live now, for `doctor` and the tests.
  std::vector<pid_t> processes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The body of the hidden command "decoder": enters the sandbox, then serves pictures on the
// inherited socket until it closes.
[[noreturn]] void decoder_main(int socket);
// The same with other work: the tests put attacks in its place.
using DevelopFunction =
    std::function<Result<Developed>(std::string_view bytes, const Probe&, Wanted)>;
[[noreturn]] void decoder_main(int socket, const DevelopFunction& develop);

}  // namespace picsharz::image
