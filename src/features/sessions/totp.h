// The second factor of an account: an authenticator, and codes for when it is lost. Plain structs.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::sessions {

struct Totp {
  std::string secret;
  Micros on_since = 0;  // 0: not confirmed yet
  Micros created_at = 0;
};

// What its owner sees of it.
struct TotpState {
  Micros on_since = 0;  // 0: off
  std::int64_t recovery_codes = 0;
};

// Shown once, to be put into an authenticator.
struct NewTotp {
  std::string secret;  // base32
  std::string uri;     // otpauth://
};

using RecoveryCodes = std::vector<std::string>;

}  // namespace picsharz::sessions
