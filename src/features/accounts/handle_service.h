// A new handle. The old one leads to the account for 30 days and is nobody else's that long.
//
// What:      one change in 30 days; back to a handle that is still kept for oneself, at any time.
//            A kept one is given free by prune(), not by the clock of who asks: it may stay kept a
//            few minutes longer.
// Threads:   thread-safe.
// Failures:  handle_taken, handle_reserved, invalid_handle, handle_too_soon (with Retry-After).
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/account_service.h"
#include "features/accounts/signup_store.h"

namespace picsharz::accounts {

class HandleService {
 public:
  HandleService(db::Database& database, const Clock& clock, AccountService& accounts)
      : database_(database), clock_(clock), people_(accounts) {}

  // The whole change of a profile, its handle among it: all of it or nothing.
  Result<Account> change_profile(const Viewer& viewer, const ProfileChange& change);
  std::int64_t prune();

 private:
  Result<void> rename(db::Tx& tx, AccountId id, const std::string& handle);

  db::Database& database_;
  const Clock& clock_;
  AccountService& people_;
  AccountStore accounts_;
  SignupStore signups_;
};

}  // namespace picsharz::accounts
