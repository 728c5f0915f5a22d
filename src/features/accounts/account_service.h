// An account and its profile.
//
// Threads:   thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/page.h"
#include "db/database.h"
#include "features/accounts/account_store.h"
#include "features/accounts/opening_service.h"

namespace picsharz::accounts {

struct RoleChange {
  Account account;  // as it is now
  Role before = Role::member;
};

class AccountService {
 public:
  // `opening` outlives this; nobody is told without it.
  explicit AccountService(db::Database& database, OpeningService* opening = nullptr)
      : database_(database), opening_(opening) {}

  // In a transaction of the caller: an active account, by its handle as a person types it.
  std::optional<Account> active(db::Tx& tx, std::string_view handle);
  // The same, by a handle that it had before.
  std::optional<Account> renamed(db::Tx& tx, std::string_view handle);
  Result<Account> own(const Viewer& viewer);
  // Everything but the handle, which HandleService changes.
  Result<Account> change_profile(const Viewer& viewer, const ProfileChange& change);
  // In a transaction of the caller, who hands `opened` to committed() once that is done.
  Result<Account> change_profile(db::Tx& tx, const Viewer& viewer, const ProfileChange& change,
                                 std::int64_t& opened);
  void committed(std::int64_t opened);
  // Everybody's, for the command line and administrators; in the order of their ids.
  Page<Account> list(const PageRequest& page);
  // In a transaction of the caller. The last administrator cannot vanish.
  Result<RoleChange> set_role(db::Tx& tx, std::string_view handle, Role role);

 private:
  db::Database& database_;
  OpeningService* const opening_;
  AccountStore accounts_;
};

}  // namespace picsharz::accounts
