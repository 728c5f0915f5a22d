// Rows of sessions. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/viewer.h"
#include "db/database.h"
#include "features/sessions/session.h"

namespace picsharz::sessions {

struct FoundSession {
  Viewer viewer;
  Micros created_at = 0;
  Micros last_used_at = 0;
  Micros expires_at = 0;
};

class SessionStore {
 public:
  void insert(db::Tx& tx, const Session& session, std::string_view token_hash);
  // Of an active account only.
  std::optional<FoundSession> find(db::Tx& tx, std::string_view token_hash);
  // It is there, not over, and of an active account.
  bool stands(db::Tx& tx, SessionId id, Role role, Micros now);
  // The same, and only by this token: what its owner may do now.
  std::optional<Role> role_in(db::Tx& tx, SessionId id, std::string_view token_hash, Micros now);
  void touch(db::Tx& tx, SessionId id, Micros used_at, Micros expires_at);
  std::vector<Session> list(db::Tx& tx, AccountId account);  // newest first, at most 100
  bool remove(db::Tx& tx, AccountId account, SessionId id);
  void remove_all(db::Tx& tx, AccountId account);
  std::int64_t remove_others(db::Tx& tx, AccountId account, SessionId kept);
  // The same session by another id and token.
  void renew(db::Tx& tx, SessionId id, SessionId next, std::string_view token_hash);
  std::int64_t remove_expired(db::Tx& tx, Micros now);

  // From where an account logged in before.
  bool has_logins(db::Tx& tx, AccountId account);
  // False where it was known.
  bool add_login(db::Tx& tx, AccountId account, std::string_view mark, Micros now);
  void forget_logins(db::Tx& tx, AccountId account, int kept);  // but the newest
};

}  // namespace picsharz::sessions
