// What a warehouse process gives up before the first question: all files but those it is given, the
// network, and starting anything.
//
// What:      no_new_privs; Landlock with the files named, and no TCP; seccomp with a list of system
//            calls, any other of which answers EPERM: DuckDB then says what it could not do.
// Threads:   before threads start.
// Failures:  a layer that the kernel lacks is left out and said in the result; a layer that it has
//            and refuses is a WarehouseError.
// Source:    landlock(7), seccomp(2); image/sandbox.h is the stricter one of the decoders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace picsharz::warehouse {

struct Enclosure {
  bool seccomp = false;
  bool landlock = false;
  bool complete() const { return seccomp && landlock; }
};

// Asks the kernel; changes nothing.
Enclosure available_enclosure();

struct OpenFiles {
  std::vector<std::string> read;
  std::vector<std::string> write;  // and read
};

Enclosure enclose(const OpenFiles& files);

// Private memory, beyond which allocations fail. Before enclose(), which lets nobody change limits.
void limit_memory(std::int64_t bytes);

}  // namespace picsharz::warehouse
