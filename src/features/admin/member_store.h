// Rows of members as administrators see them, and the log of what they did. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
// Failures:  a change of the log is refused by the database itself (migration 0048).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "features/accounts/account_store.h"
#include "features/admin/member.h"
#include "features/sessions/session_store.h"
#include "features/sessions/token_store.h"

namespace picsharz::admin {

// How many there were of each.
struct Ended {
  std::int64_t sessions = 0;
  std::int64_t tokens = 0;
};

class MemberStore {
 public:
  // Those with a smaller id than `before`, newest first.
  std::vector<Member> list(db::Tx& tx, const MemberFilter& filter, AccountId before, int limit);
  std::optional<Member> find(db::Tx& tx, std::string_view handle);
  // False where the account is an administrator's or not `from`.
  bool set_state(db::Tx& tx, AccountId id, accounts::AccountState from, accounts::AccountState to);
  // And tokens: whoever stole the account has made one.
  Ended end_sessions(db::Tx& tx, AccountId id);
  void set_quota(db::Tx& tx, AccountId id, std::optional<std::int64_t> bytes);

  void record(db::Tx& tx, const Action& action);
  // About one account, or about all (nullopt); with a smaller id than `before`, newest first.
  std::vector<Action> actions(db::Tx& tx, std::optional<AccountId> account, AdminActionId before,
                              int limit);

 private:
  sessions::SessionStore sessions_;
  sessions::TokenStore tokens_;
};

}  // namespace picsharz::admin
