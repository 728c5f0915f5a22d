// How often somebody may try: by account, by network address, and by a device that is known.
//
// What:      count() before an attempt, forgive() after one that was right, so that only failures
//            stay. A known device is counted on its own: strangers who guess cannot lock the owner
//            out. An IPv6 network of 64 bits is one address.
// Bounds:    RateLimiter's; in memory, every node counts its own.
// Threads:   thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/rate_limiter.h"

namespace picsharz::accounts {

struct Attempt {
  std::string account;  // what is tried, however it is named
  std::string address;
  std::string device{};  // "": not known to the account
};

class AttemptLimits {
 public:
  explicit AttemptLimits(const Clock& clock);

  // too_many_attempts with Retry-After where there were too many failures.
  Result<void> count(const Attempt& attempt);
  void forgive(const Attempt& attempt);

 private:
  RateLimiter by_account_;
  RateLimiter by_address_;
  RateLimiter by_device_;
};

// The one who has this address: an IPv4 address, or an IPv6 network of 64 bits.
std::string client_of(std::string_view address);

}  // namespace picsharz::accounts
