#include "features/notifications/preference_store.h"

namespace picsharz::notifications {

bool PreferenceStore::lock_account(db::Tx& tx, AccountId account) {
  // An UPDATE is the one lock that both engines know.
  return tx.exec("UPDATE accounts SET followers = followers WHERE id = $1", account) > 0;
}

void PreferenceStore::load(db::Tx& tx, AccountId account, Preferences& preferences) {
  tx.each(
      "SELECT kind, in_app, email FROM notification_settings WHERE account_id = $1"
      " UNION ALL SELECT 0, hour, 0 FROM notification_digests WHERE account_id = $1",
      [&](const db::Row& row) {
        if (row.integer(0) == 0) {
          preferences.digest_hour = static_cast<int>(row.integer(1));
        } else {
          preferences.of(row.as<Kind>(0)) = {row.truth(1), row.as<Email>(2)};
        }
      },
      account);
}

void PreferenceStore::set(db::Tx& tx, AccountId account, Kind kind, const Choice& choice) {
  tx.exec(
      "INSERT INTO notification_settings (account_id, kind, in_app, email)"
      " VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, kind)"
      " DO UPDATE SET in_app = excluded.in_app, email = excluded.email",
      account, kind, choice.in_app, choice.email);
}

void PreferenceStore::set_digest_hour(db::Tx& tx, AccountId account, int hour, Micros due) {
  tx.exec(
      "INSERT INTO notification_digests (account_id, hour) VALUES ($1, $2)"
      " ON CONFLICT (account_id) DO UPDATE SET hour = excluded.hour,"
      " due_at = CASE WHEN notification_digests.due_at IS NULL THEN NULL ELSE CAST($3 AS BIGINT) "
      "END",
      account, hour, due);
}

void PreferenceStore::want_digest(db::Tx& tx, AccountId account, int hour, Micros due) {
  tx.exec(
      "INSERT INTO notification_digests (account_id, hour, due_at) VALUES ($1, $2, $3)"
      " ON CONFLICT (account_id) DO UPDATE SET due_at = excluded.due_at"
      " WHERE notification_digests.due_at IS NULL",
      account, hour, due);
}

std::vector<Due<AccountId>> PreferenceStore::due_digests(db::Tx& tx, Micros now, int most) {
  return tx.all(
      "SELECT account_id, due_at FROM notification_digests WHERE due_at <= $1"
      " ORDER BY due_at LIMIT $2",
      [](const db::Row& row) {
        return Due<AccountId>{row.id<AccountId>(0), row.integer(1)};
      },
      now, most);
}

bool PreferenceStore::take_digest(db::Tx& tx, const Due<AccountId>& due) {
  return tx.exec(
             "UPDATE notification_digests SET due_at = NULL WHERE account_id = $1 AND due_at = $2",
             due.id, due.at) > 0;
}

}  // namespace picsharz::notifications
