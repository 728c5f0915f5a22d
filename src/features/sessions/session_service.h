// Sessions: who is signed in, where, until when.
//
// What:      an opaque 256-bit token, stored as its hash; ends after a while without use and after
// a
//            longer one in any case (SessionLifetimes). With a new password all of an account end:
//            but the one it was changed in, whose id and token are new ones, so that nothing which
//            an old copy of it began goes on; all of them, and its tokens, where it was set by a
//            link.
// Memory:    who was signed in a moment ago is remembered, for those changes only that ask again in
//            their own transaction (confirmer()): there, and not here, it is decided.
// Threads:   thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/function_ref.h"
#include "base/generation_map.h"
#include "base/limits.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/password_service.h"
#include "features/sessions/session_rules.h"
#include "features/sessions/session_store.h"
#include "features/sessions/token_store.h"

namespace picsharz::sessions {

// How long a session lives. Where they became shorter, those that began end by them, too.
struct SessionLifetimes {
  Micros idle = limits::session_idle;          // without use
  Micros absolute = limits::session_absolute;  // in any case
};

class SessionService {
 public:
  SessionService(db::Database& database, IdSource& ids, const Clock& clock,
                 accounts::PasswordService& passwords, SessionLifetimes lifetimes = {});

  const SessionLifetimes& lifetimes() const { return lifetimes_; }
  NewSession open(AccountId account, std::string_view user_agent, std::string_view address);
  // The same, with what belongs to its transaction: a refusal leaves no session.
  using Also = FunctionRef<Result<void>(db::Tx&, const Session&)>;
  Result<NewSession> open(AccountId account, std::string_view user_agent, std::string_view address,
                          Also also);
  // Nobody for a token that is unknown, over, or of a suspended account.
  Viewer viewer_of(std::string_view token);
  // The viewer of a token that was asked for before, without the database; nobody where it is not
  // remembered. May be over meanwhile: whoever goes by it confirms it in his transaction.
  Viewer recall(std::string_view token);
  // A viewer who is still signed in by this token as they are now, asked in the transaction of a
  // change; else an error. May be called more than once, on any thread.
  using Confirm = std::function<Result<Viewer>(db::Tx&)>;
  Confirm confirmer(const Viewer& viewer, std::string_view token);
  // Whether what a viewer was let in by still stands, role included: for what lasts longer than a
  // request.
  bool stands(const Viewer& viewer);
  std::vector<Session> list(const Viewer& viewer);
  Result<void> end(const Viewer& viewer, SessionId id);
  void end_others(const Viewer& viewer);
  // The viewer's session goes on as the one that this gives.
  Result<RenewedSession> change_password(const Viewer& viewer, std::string_view old_password,
                                         std::string_view password, std::string_view address);
  // A new password by the link from a mail; every session of the account ends with it.
  Result<void> reset_password(std::string_view token, std::string_view password);
  std::int64_t prune();

 private:
  bool is_over(const FoundSession& found) const;

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  accounts::PasswordService& passwords_;
  const SessionLifetimes lifetimes_;
  SessionStore sessions_;
  TokenStore tokens_;
  std::mutex mutex_;
  GenerationMap<std::string, FoundSession> remembered_;  // by the token's hash; guarded by mutex_
};

}  // namespace picsharz::sessions
