// Of which class a request is for the limits (http/rate_limits.h), and what its answer tells of it.
//
// Threads:   plain values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace picsharz::http {

enum class RateClass : std::uint8_t {
  derived,  // of the route's method, body and pool; no route keeps it
  none,     // not limited: health, the web application
  read,
  write,
  search,  // costs more than to read
  upload,  // bytes come, in as many pieces as the sender likes
  media,   // a page asks for dozens
  auth,    // passwords and codes
};
inline constexpr std::size_t rate_classes = 8;

struct RateTold {
  RateClass rate = RateClass::none;
  bool of_address = false;
  bool refused = false;
  int quota = 0;  // 0: nothing limits this request
  int remaining = 0;
  int seconds = 0;  // until all of it is there again; where refused, until one more is
};

}  // namespace picsharz::http
