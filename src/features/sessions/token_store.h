// Rows of tokens. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/viewer.h"
#include "db/database.h"
#include "features/sessions/token.h"

namespace picsharz::sessions {

struct FoundToken {
  Token token;
  Role owner = Role::member;
};

class TokenStore {
 public:
  void insert(db::Tx& tx, const Token& token, std::string_view token_hash);
  // Of an active account only.
  std::optional<FoundToken> find(db::Tx& tx, std::string_view token_hash);
  // It is there, not over, and of an active account.
  bool stands(db::Tx& tx, TokenId id, Role role, Micros now);
  void touch(db::Tx& tx, TokenId id, Micros used_at);
  std::vector<Token> list(db::Tx& tx, AccountId account);  // newest first, at most 100
  std::int64_t count(db::Tx& tx, AccountId account);
  bool remove(db::Tx& tx, AccountId account, TokenId id);
  void remove_all(db::Tx& tx, AccountId account);
  std::int64_t remove_expired(db::Tx& tx, Micros now);
};

}  // namespace picsharz::sessions
