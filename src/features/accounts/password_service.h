// Passwords: checking one at log-in, and choosing a new one by a link.
//
// What:      check() takes the same time for a known and an unknown login, and counts failures by
//            account and by address; a device that has logged in to the account before is counted
//            on its own, so that nobody can lock the owner out.
// Threads:   thread-safe. check and hash hash a password: call them on the password pool.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/rate_limiter.h"
#include "crypto/crypto.h"
#include "crypto/password.h"
#include "db/database.h"
#include "features/accounts/account_mails.h"
#include "features/accounts/account_store.h"
#include "features/accounts/signup_store.h"
#include "jobs/queue.h"
#include "mail/outbox.h"

namespace picsharz::accounts {

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
  Result<Account> check(std::string_view login, std::string_view password, std::string_view address,
                        std::string_view device);
  // Says that its holder has logged in to this account before.
  std::string device_proof(AccountId account) const;

  // Same answer and time for every login: a job does it.
  Result<void> forgot(std::string_view login, std::string_view address);
  // The job's part of forgot().
  void send_reset(std::string_view login);
  // In two parts, because hashing must not hold a transaction: the account ends its sessions in the
  // same transaction (sessions do that).
  Result<std::string> hash_new(std::string_view token, std::string_view password);
  Result<AccountId> reset(db::Tx& tx, std::string_view token, std::string_view password_hash);

 private:
  int count_attempt(std::string_view login, std::string_view address, std::string_view device);
  void forgive_attempt(std::string_view login, std::string_view address, std::string_view device);

  db::Database& database_;
  const Clock& clock_;
  jobs::Queue& queue_;
  mail::Outbox& outbox_;
  const crypto::HmacKey& key_;
  const PasswordSettings settings_;
  const std::string nobodys_hash_;  // verified for unknown logins, so that time tells nothing
  RateLimiter by_login_;
  RateLimiter by_address_;
  RateLimiter by_device_;
  RateLimiter resets_by_address_;
  RateLimiter resets_by_login_;
  AccountStore accounts_;
  SignupStore signups_;
};

inline constexpr const char* send_reset_job = "account.send_reset";

}  // namespace picsharz::accounts
