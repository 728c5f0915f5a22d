#include "features/sessions/totp_store.h"

namespace picsharz::sessions {

std::optional<Totp> TotpStore::find(db::Tx& tx, AccountId account) {
  return tx.one(
      "SELECT secret, on_since, created_at FROM totp WHERE account_id = $1",
      [](const db::Row& row) {
        return Totp{std::string(row.bytes(0)), row.integer(1), row.integer(2)};
      },
      account);
}

bool TotpStore::begin(db::Tx& tx, AccountId account, std::string_view secret, Micros now) {
  return tx.exec(
             "INSERT INTO totp (account_id, secret, on_since, last_step, created_at)"
             " VALUES ($1, $2, 0, 0, $3) ON CONFLICT (account_id) DO UPDATE"
             " SET secret = excluded.secret, created_at = excluded.created_at"
             " WHERE totp.on_since = 0",
             account, db::Param::bytes(secret), now) > 0;
}

bool TotpStore::turn_on(db::Tx& tx, AccountId account, std::string_view secret, std::int64_t step,
                        Micros now) {
  return tx.exec(
             "UPDATE totp SET on_since = $4, last_step = $3"
             " WHERE account_id = $1 AND secret = $2 AND on_since = 0",
             account, db::Param::bytes(secret), step, now) > 0;
}

bool TotpStore::use_step(db::Tx& tx, AccountId account, std::int64_t step) {
  return tx.exec("UPDATE totp SET last_step = $2 WHERE account_id = $1 AND last_step < $2", account,
                 step) > 0;
}

void TotpStore::remove(db::Tx& tx, AccountId account) {
  tx.exec("DELETE FROM totp WHERE account_id = $1", account);
  tx.exec("DELETE FROM recovery_codes WHERE account_id = $1", account);
}

std::int64_t TotpStore::remove_unconfirmed(db::Tx& tx, Micros created_before) {
  return tx.exec("DELETE FROM totp WHERE on_since = 0 AND created_at <= $1", created_before);
}

void TotpStore::put_recovery_codes(db::Tx& tx, AccountId account,
                                   const std::vector<std::string>& hashes) {
  tx.exec("DELETE FROM recovery_codes WHERE account_id = $1", account);
  for (const std::string& hash : hashes) {
    tx.exec("INSERT INTO recovery_codes (account_id, code_hash) VALUES ($1, $2)", account,
            db::Param::bytes(hash));
  }
}

bool TotpStore::use_recovery_code(db::Tx& tx, AccountId account, std::string_view hash) {
  return tx.exec("DELETE FROM recovery_codes WHERE account_id = $1 AND code_hash = $2", account,
                 db::Param::bytes(hash)) > 0;
}

std::int64_t TotpStore::count_recovery_codes(db::Tx& tx, AccountId account) {
  return *tx.one(
      "SELECT count(*) FROM recovery_codes WHERE account_id = $1",
      [](const db::Row& row) { return row.integer(0); }, account);
}

}  // namespace picsharz::sessions
