// The second factor: codes of an authenticator (RFC 6238), and recovery codes for when it is lost.
//
// What:      begin() makes a secret, turn_on() proves with a code that an authenticator has it. A
//            code is good once, a step of 30 seconds early or late. Ten recovery codes, stored as
//            hashes, shown once, each good once. A new password does not switch it off.
// Threads:   thread-safe. What takes a password hashes: call it on the password pool.
// Failures:  totp_required and wrong_totp say that the password was right, so check() comes after
//            it, and counts what fails.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/rate_limiter.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/password_service.h"
#include "features/sessions/session_mails.h"
#include "features/sessions/totp_store.h"
#include "mail/outbox.h"

namespace picsharz::sessions {

// What somebody proves who wants to change how an account is opened.
struct Proof {
  std::string_view password;
  std::string_view code;  // of the authenticator, or a recovery code
  std::string_view address;
};

class TotpService {
 public:
  TotpService(db::Database& database, const Clock& clock, mail::Outbox& outbox,
              accounts::PasswordService& passwords, MailContext context);

  TotpState state(const Viewer& viewer);
  Result<NewTotp> begin(const Viewer& viewer, std::string_view password, std::string_view address);
  Result<RecoveryCodes> turn_on(const Viewer& viewer, std::string_view code,
                                std::string_view address);
  Result<void> turn_off(const Viewer& viewer, const Proof& proof);
  Result<RecoveryCodes> renew_codes(const Viewer& viewer, const Proof& proof);

  // At a log-in, after the password. `typed`: "" where nothing was sent. `device`: as in
  // PasswordService::check, where it is this account's.
  Result<void> check(const accounts::Account& account, std::string_view typed,
                     std::string_view address, std::string_view device);
  // Somebody who is signed in types the password again, and the code where an authenticator is on:
  // wrong_password, totp_required, wrong_totp in their fields.
  Result<accounts::Account> confirm(const Viewer& viewer, const Proof& proof);
  // For the command line: for somebody who lost phone and codes. False where it was off.
  bool remove(const accounts::Account& account);
  std::int64_t prune();

 private:
  Result<accounts::Account> confirmed(const Viewer& viewer, const Proof& proof);
  Result<void> prove(const accounts::Account& account, std::string_view typed,
                     const accounts::Attempt& attempt);
  bool use(db::Tx& tx, const accounts::Account& account, std::string_view typed);
  void warn(const accounts::Account& account);
  std::int64_t step() const;

  db::Database& database_;
  const Clock& clock_;
  mail::Outbox& outbox_;
  accounts::PasswordService& passwords_;
  const MailContext context_;
  RateLimiter wrong_codes_;
  RateLimiter warnings_;
  TotpStore totps_;
};

}  // namespace picsharz::sessions
