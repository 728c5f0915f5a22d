#include "features/sessions/token_store.h"

namespace picsharz::sessions {

namespace {

#define TOKEN_COLUMNS \
  "t.id, t.account_id, t.name, t.scopes, t.created_at, t.last_used_at, t.expires_at"

Token read_token(const db::Row& row) {
  return {.id = row.id<TokenId>(0),
          .account = row.id<AccountId>(1),
          .name = row.string(2),
          .scopes = static_cast<std::uint32_t>(row.integer(3)),
          .created_at = row.integer(4),
          .last_used_at = row.integer(5),
          .expires_at = row.integer(6)};
}

}  // namespace

void TokenStore::insert(db::Tx& tx, const Token& token, std::string_view token_hash) {
  tx.exec(
      "INSERT INTO tokens (id, account_id, name, token_hash, scopes, created_at, last_used_at,"
      " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      token.id, token.account, token.name, db::Param::bytes(token_hash),
      static_cast<std::int64_t>(token.scopes), token.created_at, token.last_used_at,
      token.expires_at);
}

std::optional<FoundToken> TokenStore::find(db::Tx& tx, std::string_view token_hash) {
  return tx.one(
      "SELECT " TOKEN_COLUMNS
      ", a.role FROM tokens t JOIN accounts a ON a.id = t.account_id"
      " WHERE t.token_hash = $1 AND a.state = 0",
      [](const db::Row& row) {
        return FoundToken{read_token(row), row.as<Role>(7)};
      },
      db::Param::bytes(token_hash));
}

bool TokenStore::stands(db::Tx& tx, TokenId id, Role role, Micros now) {
  return tx.exec(
             "SELECT 1 FROM tokens t JOIN accounts a ON a.id = t.account_id"
             " WHERE t.id = $1 AND (t.expires_at = 0 OR t.expires_at > $2) AND a.state = 0"
             " AND a.role >= $3",
             id, now, role) > 0;
}

void TokenStore::touch(db::Tx& tx, TokenId id, Micros used_at) {
  tx.exec("UPDATE tokens SET last_used_at = $2 WHERE id = $1", id, used_at);
}

std::vector<Token> TokenStore::list(db::Tx& tx, AccountId account) {
  return tx.all("SELECT " TOKEN_COLUMNS
                " FROM tokens t WHERE t.account_id = $1 ORDER BY t.id DESC LIMIT 100",
                read_token, account);
}

std::int64_t TokenStore::count(db::Tx& tx, AccountId account) {
  return *tx.one(
      "SELECT count(*) FROM tokens WHERE account_id = $1",
      [](const db::Row& row) { return row.integer(0); }, account);
}

bool TokenStore::remove(db::Tx& tx, AccountId account, TokenId id) {
  return tx.exec("DELETE FROM tokens WHERE id = $1 AND account_id = $2", id, account) > 0;
}

void TokenStore::remove_all(db::Tx& tx, AccountId account) {
  tx.exec("DELETE FROM tokens WHERE account_id = $1", account);
}

std::int64_t TokenStore::remove_expired(db::Tx& tx, Micros now) {
  return tx.exec("DELETE FROM tokens WHERE expires_at > 0 AND expires_at <= $1", now);
}

}  // namespace picsharz::sessions
