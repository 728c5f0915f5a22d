#include "features/sessions/session_store.h"

namespace picsharz::sessions {

void SessionStore::insert(db::Tx& tx, const Session& session, std::string_view token_hash) {
  tx.exec(
      "INSERT INTO sessions (id, account_id, token_hash, user_agent, address, created_at,"
      " last_used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      session.id, session.account, db::Param::bytes(token_hash), session.user_agent,
      session.address, session.created_at, session.last_used_at, session.expires_at);
}

std::optional<FoundSession> SessionStore::find(db::Tx& tx, std::string_view token_hash) {
  return tx.one(
      "SELECT s.id, s.account_id, a.role, s.created_at, s.last_used_at, s.expires_at"
      " FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = $1 AND a.state "
      "= 0",
      [](const db::Row& row) {
        return FoundSession{{.account = row.id<AccountId>(1),
                             .role = row.as<Role>(2),
                             .session = row.id<SessionId>(0)},
                            row.integer(3),
                            row.integer(4),
                            row.integer(5)};
      },
      db::Param::bytes(token_hash));
}

bool SessionStore::stands(db::Tx& tx, SessionId id, Role role, Micros now) {
  return tx
      .one(
          "SELECT 1 FROM sessions s JOIN accounts a ON a.id = s.account_id"
          " WHERE s.id = $1 AND s.expires_at > $2 AND a.state = 0 AND a.role >= $3",
          [](const db::Row& row) { return row.integer(0); }, id, now, role)
      .has_value();
}

std::optional<Role> SessionStore::role_in(db::Tx& tx, SessionId id, std::string_view token_hash,
                                          Micros now) {
  return tx.one(
      "SELECT a.role FROM sessions s JOIN accounts a ON a.id = s.account_id"
      " WHERE s.id = $1 AND s.token_hash = $2 AND s.expires_at > $3 AND a.state = 0",
      [](const db::Row& row) { return row.as<Role>(0); }, id, db::Param::bytes(token_hash), now);
}

void SessionStore::touch(db::Tx& tx, SessionId id, Micros used_at, Micros expires_at) {
  tx.exec("UPDATE sessions SET last_used_at = $2, expires_at = $3 WHERE id = $1", id, used_at,
          expires_at);
}

std::vector<Session> SessionStore::list(db::Tx& tx, AccountId account) {
  return tx.all(
      "SELECT id, account_id, user_agent, address, created_at, last_used_at, expires_at"
      " FROM sessions WHERE account_id = $1 ORDER BY id DESC LIMIT 100",
      [](const db::Row& row) {
        return Session{row.id<SessionId>(0), row.id<AccountId>(1), row.string(2), row.string(3),
                       row.integer(4),       row.integer(5),       row.integer(6)};
      },
      account);
}

bool SessionStore::remove(db::Tx& tx, AccountId account, SessionId id) {
  return tx.exec("DELETE FROM sessions WHERE id = $1 AND account_id = $2", id, account) > 0;
}

void SessionStore::remove_all(db::Tx& tx, AccountId account) {
  tx.exec("DELETE FROM sessions WHERE account_id = $1", account);
}

std::int64_t SessionStore::remove_others(db::Tx& tx, AccountId account, SessionId kept) {
  return tx.exec("DELETE FROM sessions WHERE account_id = $1 AND id <> $2", account, kept);
}

void SessionStore::renew(db::Tx& tx, SessionId id, SessionId next, std::string_view token_hash) {
  tx.exec("UPDATE sessions SET id = $2, token_hash = $3 WHERE id = $1", id, next,
          db::Param::bytes(token_hash));
  // A new address that was asked for here is confirmed here.
  tx.exec("UPDATE email_changes SET session_id = $2 WHERE session_id = $1", id, next);
}

std::int64_t SessionStore::remove_expired(db::Tx& tx, Micros now) {
  return tx.exec("DELETE FROM sessions WHERE expires_at <= $1", now);
}

bool SessionStore::has_logins(db::Tx& tx, AccountId account) {
  return tx.exec("SELECT 1 FROM known_logins WHERE account_id = $1 LIMIT 1", account) > 0;
}

bool SessionStore::add_login(db::Tx& tx, AccountId account, std::string_view mark, Micros now) {
  const bool added = tx.exec(
                         "INSERT INTO known_logins (account_id, mark, seen_at) VALUES ($1, $2, $3)"
                         " ON CONFLICT DO NOTHING",
                         account, db::Param::bytes(mark), now) == 1;
  if (!added) {
    tx.exec("UPDATE known_logins SET seen_at = $3 WHERE account_id = $1 AND mark = $2", account,
            db::Param::bytes(mark), now);
  }
  return added;
}

void SessionStore::forget_logins(db::Tx& tx, AccountId account, int kept) {
  tx.exec(
      "DELETE FROM known_logins WHERE account_id = $1 AND mark NOT IN (SELECT mark FROM"
      " known_logins WHERE account_id = $1 ORDER BY seen_at DESC, mark LIMIT $2)",
      account, kept);
}

}  // namespace picsharz::sessions
