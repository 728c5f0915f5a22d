// A warehouse process, as its parent sees it: started by exec of the program, given one job, ended.
//
// Threads:   one at a time, and the one that starts it must not end before it: the kernel kills the
//            child when that thread ends.
// Ownership: the destructor kills the process and waits for it.
// Failures:  WarehouseError where the kernel gives no process, or the process says that it failed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/function_ref.h"
#include "warehouse/table.h"
#include "warehouse/wire.h"

namespace picsharz::warehouse {

// What the job begins with.
enum class JobKind : std::int64_t { write = 1, read, query };

class Process {
 public:
  // Starts it and hands over the job: its kind, the library, and what `job` holds.
  static std::unique_ptr<Process> start(const Engine& engine, JobKind kind, Packer& job);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  int socket() const { return socket_; }
  // What it holds in memory now; 0 where it is gone.
  std::int64_t resident_bytes() const;
  // Kills it; the signal that it ended by, if by one, and before ours.
  int finish();

  // For who waits as long as it takes: the next frame of one of these kinds. A `failed` one is
  // thrown, and so is the end of the process.
  Frame expect(FrameKind first, FrameKind second);

 private:
  Process(pid_t pid, int socket, JobKind kind) : pid_(pid), socket_(socket), kind_(kind) {}

  pid_t pid_;
  int socket_;
  JobKind kind_;
  bool ended_ = false;
};

}  // namespace picsharz::warehouse
