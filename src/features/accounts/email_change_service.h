// A new e-mail address: it takes effect when both addresses agreed.
//
// What:      ask() takes the password and sends a code to the new address (10 minutes, 5 tries, for
//            the session that asked) and a link to the old one (30 minutes), by which its reader
//            agrees or stops it. An address that has an account answers the same in every respect;
//            its mail says so, and no code fits.
// Threads:   thread-safe. ask hashes a password: call it on the password pool.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/rate_limiter.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/account_mails.h"
#include "features/accounts/account_store.h"
#include "features/accounts/email_change_store.h"
#include "features/accounts/password_service.h"
#include "mail/outbox.h"

namespace picsharz::accounts {

// What its owner sees of it.
struct EmailState {
  std::string email;  // in effect
  std::optional<EmailChange> change;
};

class EmailChangeService {
 public:
  EmailChangeService(db::Database& database, const Clock& clock, mail::Outbox& outbox,
                     PasswordService& passwords, MailContext context);

  Result<void> ask(const Viewer& viewer, std::string_view email, std::string_view password,
                   std::string_view address);
  Result<EmailState> state(const Viewer& viewer);
  void withdraw(const Viewer& viewer);
  Result<EmailState> confirm(const Viewer& viewer, std::string_view code);

  // By the link in the mail to the old address, whoever holds it.
  Result<EmailState> linked(std::string_view token);
  Result<EmailState> agree(std::string_view token);
  Result<void> stop(std::string_view token);

  std::int64_t prune();

 private:
  // Puts it into effect where both agreed.
  Result<EmailState> finish(db::Tx& tx, const EmailChange& change);

  db::Database& database_;
  const Clock& clock_;
  mail::Outbox& outbox_;
  PasswordService& passwords_;
  const MailContext context_;
  RateLimiter by_account_;
  AccountStore accounts_;
  SignupStore signups_;
  EmailChangeStore changes_;
};

}  // namespace picsharz::accounts
