// Request ids: the trace id of a W3C traceparent, or a random one. 32 hexadecimal digits.
//
// What:      unique, not secret: a fast generator, seeded by the kernel.
// Threads:   RequestIds belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picsharz::http {

// The trace id, where the header is valid (https://www.w3.org/TR/trace-context/).
std::optional<std::string_view> trace_id(std::string_view traceparent);

class RequestIds {
 public:
  RequestIds();
  void make(std::string& out);

 private:
  std::uint64_t next();

  std::uint64_t state_[2];
};

}  // namespace picsharz::http
