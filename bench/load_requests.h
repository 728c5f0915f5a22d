// The requests of a load, as a file lists them: METHOD PATH TOKEN STATUS MIN_BYTES CONTAINS, a
// request a line, parted by blanks; "-" stands for no token and for nothing to contain.
//
// Threads:   immutable.
// Failures:  std::runtime_error for a file that cannot be read or a line that is not such a
//            request.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace picsharz::bench {

struct Wanted {
  std::string wire;  // the whole request
  int status = 200;
  std::size_t least_bytes = 0;  // of the body
  std::string contains{};       // somewhere in the body
};

std::vector<Wanted> read_requests(const std::string& path, const std::string& host);

// A reply taken apart from the front of what was received.
struct Reply {
  bool complete = false;
  bool broken = false;
  int status = 0;
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
};

Reply parse_reply(const std::string& received);

}  // namespace picsharz::bench
