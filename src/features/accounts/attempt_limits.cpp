#include "features/accounts/attempt_limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/limits.h"

namespace picsharz::accounts {

AttemptLimits::AttemptLimits(const Clock& clock)
    : by_account_(clock, limits::login_per_account, limits::login_window),
      by_address_(clock, limits::login_per_address, limits::login_window),
      by_device_(clock, limits::login_per_account, limits::login_window) {}

Result<void> AttemptLimits::count(const Attempt& attempt) {
  const std::string client = client_of(attempt.address);
  int wait = by_address_.take(client);
  if (wait == 0) {
    wait = attempt.device.empty() ? by_account_.take(attempt.account)
                                  : by_device_.take(attempt.device);
    // A refused attempt is counted once, where it was refused: else a guesser at one account would
    // shut its whole network out of all others.
    if (wait > 0) by_address_.give_back(client);
  }
  if (wait == 0) return {};
  auto failure = fail(ErrorKind::too_many, "too_many_attempts", "Too many attempts.",
                      "Wait a few minutes and try again.");
  failure.error().retry_after_seconds = wait;
  return failure;
}

void AttemptLimits::forgive(const Attempt& attempt) {
  by_address_.give_back(client_of(attempt.address));
  if (attempt.device.empty()) {
    by_account_.give_back(attempt.account);
  } else {
    by_device_.give_back(attempt.device);
  }
}

std::string client_of(std::string_view address) {
  std::string text(address);
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  return {reinterpret_cast<const char*>(six.s6_addr), 8};
}

}  // namespace picsharz::accounts
