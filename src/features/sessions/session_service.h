// Sessions: who is signed in, where, until when.
//
// What:      an opaque 256-bit token, stored as its hash; ends after 30 days without use and after
//            180 days in any case; all of an account end with a password change.
// Threads:   thread-safe.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/password_service.h"
#include "features/sessions/session_store.h"

namespace picsharz::sessions {

class SessionService {
 public:
  SessionService(db::Database& database, IdSource& ids, const Clock& clock,
                 accounts::PasswordService& passwords);

  NewSession open(AccountId account, std::string_view user_agent, std::string_view address);
  // Nobody for a token that is unknown, over, or of a suspended account.
  Viewer viewer_of(std::string_view token);
  // Whether what a viewer was let in by still stands: for what lasts longer than a request.
  bool stands(const Viewer& viewer);
  std::vector<Session> list(const Viewer& viewer);
  Result<void> end(const Viewer& viewer, SessionId id);
  // A new password by the link from a mail; every session of the account ends with it.
  Result<void> reset_password(std::string_view token, std::string_view password);
  std::int64_t prune();

 private:
  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  accounts::PasswordService& passwords_;
  SessionStore sessions_;
};

// 203.0.113.7 -> 203.0.113.0/24, 2001:db8:1:2::3 -> 2001:db8:1::/48: enough to recognise a place,
// not enough to name a person.
std::string network_of(std::string_view address);

}  // namespace picsharz::sessions
