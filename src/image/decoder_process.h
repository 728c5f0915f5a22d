// One decoder process, as its parent sees it: started by exec of the program, watched, killed.
//
// Threads:   one at a time. start() must be called on a thread that outlives the process: the
//            kernel kills the child when that thread ends.
// Ownership: the destructor kills the process and waits for it.
// Failures:  std::system_error where the kernel gives no process, descriptor or memory.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "image/decoder_protocol.h"
#include "image/sandbox.h"

namespace picsharz::image {

// A descriptor and its owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return number_; }

 private:
  int number_;
};

enum class Outcome {
  replied,
  not_sent,  // the process was gone before it got the picture: another one may try
  killed,    // from outside, by SIGKILL (the system ran out of memory): another one may try, too
  crashed,
  forbidden,  // killed by the kernel for a system call that is not on its list
  too_slow,   // killed
  starved,    // killed: the machine was too busy to let it work
  too_large,  // killed
};

struct Watch {
  Micros time_limit = 0;
  std::int64_t memory_limit = 0;  // resident bytes
};

class DecoderProcess {
 public:
  static std::unique_ptr<DecoderProcess> start(const std::string& program, int niceness = 0);
  ~DecoderProcess();
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;

  // True once the process is ready; false where it ends, stays silent for `timeout`, or `stop`
  // becomes readable.
  bool wait_until_ready(int stop, Micros timeout);

  // Hands over a picture and waits. After anything but `replied` the process is of no more use.
  Outcome run(const Request& request, int input, const Watch& watch, Reply& reply);
  // What it made last is in here, until the next picture. Pages stay, up to a few megabytes: fresh
  // ones for each picture took longer than the writing.
  int output() const { return output_.get(); }
  void trim_output();

  pid_t pid() const { return pid_; }
  // Known once the process is ready.
  const Sandbox& sandbox() const { return sandbox_; }
  int pictures() const { return pictures_; }

 private:
  DecoderProcess(pid_t pid, Descriptor socket, Descriptor output)
      : pid_(pid), socket_(std::move(socket)), output_(std::move(output)) {}
  bool send(const Request& request, int input);
  std::int64_t resident_bytes() const;
  bool ends_by_itself() const;
  int finish();

  pid_t pid_;
  Descriptor socket_;
  const Descriptor output_;
  Sandbox sandbox_;
  int pictures_ = 0;
  bool ended_ = false;
};

// Whether a decoder may have the file itself: its descriptor can only be read, and reading it takes
// no more memory than there is for planes. A decoder that was taken over can change neither.
bool may_be_lent(int file, std::int64_t size);
// A file in memory with the first `size` bytes of `source`, sealed: nobody can change it any more.
Descriptor sealed_copy(int source, std::int64_t size);
Descriptor empty_memory_file();

}  // namespace picsharz::image
