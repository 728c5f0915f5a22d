// A new e-mail address that is not in effect yet. Plain structs.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::accounts {

struct EmailChange {
  AccountId account;
  SessionId session;  // that asked, and that the code is for
  std::string email;
  bool taken = false;  // the address has an account: no code will ever fit
  std::string code_hash;
  Micros code_expires_at = 0;
  std::string link_hash;
  bool by_code = false;  // the new address agreed
  bool by_link = false;  // the old one did
  Micros expires_at = 0;
};

}  // namespace picsharz::accounts
