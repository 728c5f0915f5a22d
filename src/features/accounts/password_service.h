// Passwords: checking one, and choosing a new one.
//
// What:      check() takes the same time for a known and an unknown login, and counts failures by
//            login and by address; a device that has logged in to the account before is counted
//            on its own, so that nobody can lock the owner out. confirm() asks somebody who is
//            signed in once more, and counts by session.
// Threads:   thread-safe. check, confirm and hash_* hash: call them on the password pool.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/rate_limiter.h"
#include "base/viewer.h"
#include "crypto/crypto.h"
#include "crypto/password.h"
#include "db/database.h"
#include "features/accounts/account_mails.h"
#include "features/accounts/account_store.h"
#include "features/accounts/attempt_limits.h"
#include "features/accounts/signup_store.h"
#include "jobs/queue.h"
#include "mail/outbox.h"

namespace picsharz::accounts {

// An account whose password was right, and what proves it until a transaction ends.
struct Checked {
  Account account;
  std::string password_hash;
};

struct PasswordSettings {
  MailContext mail;
  crypto::PasswordCost cost;
};

class PasswordService {
 public:
  PasswordService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                  mail::Outbox& outbox, const crypto::HmacKey& key, PasswordSettings settings);

  // The account whose login and password these are. `device`: what device_proof() gave this browser
  // at an earlier log-in, or "".
  Result<Checked> check(std::string_view login, std::string_view password, std::string_view address,
                        std::string_view device);
  // In a transaction of the caller: the password is still that one, and stays so until the
  // transaction ends. Else a session could begin that a change of the password should have ended.
  bool hold(db::Tx& tx, const Checked& checked);
  std::optional<Account> account(db::Tx& tx, AccountId id) { return accounts_.find(tx, id); }
  // Says that its holder has logged in to this account before. Another one for each browser, so
  // that one that was a thief's for a while cannot use up the attempts of the owner's.
  std::string device_proof(AccountId account) const;
  bool knows(AccountId account, std::string_view device) const;
  // The account of a viewer who typed its password again; wrong_password in the field `password`.
  Result<Account> confirm(const Viewer& viewer, std::string_view password,
                          std::string_view address);
  // What is shared with the other proofs that a log-in asks for.
  AttemptLimits& attempts() { return attempts_; }

  // Same answer and time for every login: a job does it.
  Result<void> forgot(std::string_view login, std::string_view address);
  // The job's part of forgot().
  void send_reset(std::string_view login);
  // In two parts, because hashing must not hold a transaction: the account ends its sessions in the
  // same transaction (sessions do that).
  Result<std::string> hash_new(std::string_view token, std::string_view password);
  Result<AccountId> reset(db::Tx& tx, std::string_view token, std::string_view password_hash);
  // The same for somebody who is signed in and knows the old one.
  Result<std::string> hash_changed(const Account& account, std::string_view password) const;
  // False where the old one is not that of `account` any more.
  bool change(db::Tx& tx, const Account& account, std::string_view old_hash,
              std::string_view password_hash);
  // What `change` compares with.
  std::string hash_of(AccountId account);

  int links_per_login() const { return resets_by_login_.limit(); }  // links in an hour

 private:
  db::Database& database_;
  const Clock& clock_;
  jobs::Queue& queue_;
  mail::Outbox& outbox_;
  const crypto::HmacKey& key_;
  const PasswordSettings settings_;
  const std::string nobodys_hash_;  // verified for unknown logins, so that time tells nothing
  AttemptLimits attempts_;
  RateLimiter resets_by_address_;
  RateLimiter resets_by_login_;
  AccountStore accounts_;
  SignupStore signups_;
};

inline constexpr const char* send_reset_job = "account.send_reset";

}  // namespace picsharz::accounts
