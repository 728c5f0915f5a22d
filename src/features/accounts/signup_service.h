// How an account comes to be: sign-up with a code by e-mail, the first administrator's link, and
// the command line.
//
// What:      sign_up() answers the same whether or not the address has an account: the mail tells.
//            A code is bound to the browser that asked (`binding`: the secret of its cookie, "" for
//            a program), lives 10 minutes, dies after 5 tries.
// Invited:   an invitation is checked by sign_up() and its use counted by verify(), in the
//            transaction that makes the account (docs/adr/0022-joining.md).
// Threads:   thread-safe. sign_up, create_* hash a password: call them on the password pool.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/rate_limiter.h"
#include "crypto/password.h"
#include "db/database.h"
#include "features/accounts/account_mails.h"
#include "features/accounts/account_store.h"
#include "features/accounts/invitation_store.h"
#include "features/accounts/signup_store.h"
#include "jobs/queue.h"
#include "mail/outbox.h"

namespace picsharz::accounts {

struct SignupSettings {
  MailContext mail;
  crypto::PasswordCost cost;
  InvitationPolicy invitations{};
  std::string terms_version = "1";
  std::int64_t minimum_age = 16;  // 0: of any age
  int per_address = 0;  // sign-ups an hour from one address; 0: limits::signups_per_address
};

class SignupService {
 public:
  SignupService(db::Database& database, IdSource& ids, const Clock& clock, jobs::Queue& queue,
                mail::Outbox& outbox, SignupSettings settings);

  Result<Account> sign_up(SignUp person, std::string_view binding, std::string_view address);
  Result<Account> verify(std::string_view email, std::string_view code, std::string_view binding);
  // Same answer and time for every address: a job does it.
  Result<void> request_code(std::string_view email, std::string_view binding,
                            std::string_view address);
  // The job's part of request_code.
  void send_code(std::string_view email, std::string_view binding_hash);

  // The token of a new one-time link, or nullopt where there is an administrator.
  std::optional<std::string> make_setup_token();
  bool setup_needed() const;
  Result<Account> create_administrator(std::string_view token, SignUp person);
  // For the command line: no mail, no code.
  Result<Account> create(SignUp person, Role role);

  // Forgets sign-ups that nobody finished.
  std::int64_t prune();

  int per_address() const { return by_address_.limit(); }  // sign-ups in limits::signup_window

 private:
  Result<SignUp> prepare(SignUp person) const;
  Result<InvitationId> invited(const SignUp& person);
  // Whether it was counted; nullopt: the sign-up needs one that is good, and it is not.
  std::optional<bool> count_invitation(db::Tx& tx, const PendingSignup& signup);
  Account new_account(const SignUp& person, Role role);
  void post_code(db::Tx& tx, const PendingSignup& signup, std::string_view code);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  jobs::Queue& queue_;
  mail::Outbox& outbox_;
  const SignupSettings settings_;
  RateLimiter by_address_;
  RateLimiter codes_by_email_;
  mutable AccountStore accounts_;
  mutable std::atomic<bool> set_up_{false};  // there is an administrator
  SignupStore signups_;
  InvitationStore invitations_;
};

inline constexpr const char* send_code_job = "account.send_code";

}  // namespace picsharz::accounts
