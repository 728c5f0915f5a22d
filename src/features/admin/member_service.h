// Members for administrators: who is here, and what may be done about it.
//
// What:      every change is written to a log that nobody can change, with who did it and why. One
//            does not change one's own account here, and administrators are not suspended: first
//            they are administrators no more, which the last of them cannot become.
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/admin/member_store.h"
#include "features/sessions/role_service.h"

namespace picsharz::admin {

// An administrator's wish about one account.
struct Wish {
  std::string_view handle;
  std::string_view reason;
};

class MemberService {
 public:
  MemberService(db::Database& database, sessions::RoleService& roles, IdSource& ids,
                const Clock& clock)
      : database_(database), roles_(roles), ids_(ids), clock_(clock) {}

  Page<Member> list(const MemberFilter& filter, const PageRequest& page);  // newest first
  Result<Member> find(std::string_view handle);
  Result<Member> set_role(const Viewer& viewer, const Wish& wish, Role role);
  // Ends their sessions and tokens; what they shared is hidden until they are reinstated.
  Result<Member> suspend(const Viewer& viewer, const Wish& wish);
  Result<Member> reinstate(const Viewer& viewer, const Wish& wish);
  // nullopt: what everybody has. Nothing is deleted where more is used already.
  Result<Member> set_quota(const Viewer& viewer, const Wish& wish,
                           std::optional<std::int64_t> bytes);
  Result<Member> end_sessions(const Viewer& viewer, const Wish& wish);  // and tokens
  // Writes down what was done to no account.
  void note(const Viewer& viewer, ActionKind kind, std::string_view detail);
  // The same in a transaction of the caller, who does it there.
  void note(db::Tx& tx, const Viewer& viewer, ActionKind kind, std::string_view detail);
  // Of one account, "" for all; newest first.
  Result<Page<Action>> log(std::string_view handle, const PageRequest& page);

 private:
  // Looks for the account, lets `change` do it, writes it down: all or nothing.
  template <class Change>
  Result<Member> act(const Viewer& viewer, const Wish& wish, ActionKind kind, Change&& change);
  Result<Member> set_state(const Viewer& viewer, const Wish& wish, ActionKind kind,
                           accounts::AccountState from, accounts::AccountState to);

  db::Database& database_;
  sessions::RoleService& roles_;
  IdSource& ids_;
  const Clock& clock_;
  MemberStore rows_;
};

}  // namespace picsharz::admin
