// Who is a member, a moderator, an administrator.
//
// What:      whose role rises logs in anew: what was let in with less is not let go on with more.
//            Tokens stay, their scopes were within the role that their owner had.
// Threads:   thread-safe.
#pragma once

#include <string_view>

#include "base/error.h"
#include "db/database.h"
#include "features/accounts/account_service.h"
#include "features/sessions/session_store.h"

namespace picsharz::sessions {

class RoleService {
 public:
  RoleService(db::Database& database, accounts::AccountService& people)
      : database_(database), people_(people) {}

  // The last administrator cannot vanish.
  Result<accounts::Account> set(std::string_view handle, Role role);
  // The same in a transaction of the caller.
  Result<accounts::Account> set(db::Tx& tx, std::string_view handle, Role role);

 private:
  db::Database& database_;
  accounts::AccountService& people_;
  SessionStore sessions_;
};

}  // namespace picsharz::sessions
