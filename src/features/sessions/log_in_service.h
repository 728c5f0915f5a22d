// Logging in: the password, the second factor, a session, and a mail where the place is new.
//
// What:      a place is a program in a network; a browser that keeps its device cookie is known
//            wherever it is. Nothing is told of an account's very first session.
// Leaving:   an account that its owner deleted is not logged in to: account_leaving says until when
//            it can be taken back, which the same request does with `restore`.
// Threads:   thread-safe. log_in hashes a password: call it on the password pool.
#pragma once

#include <string_view>

#include "base/error.h"
#include "features/accounts/password_service.h"
#include "features/sessions/return_service.h"
#include "features/sessions/session_mails.h"
#include "features/sessions/session_service.h"
#include "features/sessions/totp_service.h"
#include "mail/outbox.h"

namespace picsharz::sessions {

struct LogIn {
  std::string_view login;
  std::string_view password;
  std::string_view totp{};  // a code, or a recovery code; "" where nothing was sent
  std::string_view address;
  std::string_view device{};  // what PasswordService::device_proof gave this browser, or ""
  std::string_view user_agent{};
  bool restore = false;  // takes a deleted account back
};

struct LoggedIn {
  accounts::Account account;
  NewSession session;
};

class LogInService {
 public:
  LogInService(const Clock& clock, mail::Outbox& outbox, accounts::PasswordService& passwords,
               TotpService& totps, SessionService& sessions, MailContext context,
               ReturnService* returns = nullptr);

  Result<LoggedIn> log_in(const LogIn& wish);
  // For who has just proved an address: no password, no mail.
  NewSession first(const accounts::Account& account, std::string_view user_agent,
                   std::string_view address);

 private:
  // In the transaction of the session: nobody logs in to an account that is deleted, unless it is
  // taken back. True: it was.
  Result<bool> stay(db::Tx& tx, AccountId account, bool restore);
  // Whether the account has been there; it has from now on.
  bool known(db::Tx& tx, const Session& session);

  const Clock& clock_;
  mail::Outbox& outbox_;
  accounts::PasswordService& passwords_;
  TotpService& totps_;
  SessionService& sessions_;
  const MailContext context_;
  ReturnService* const returns_;
  SessionStore store_;
};

}  // namespace picsharz::sessions
