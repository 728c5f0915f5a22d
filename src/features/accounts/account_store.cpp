#include "features/accounts/account_store.h"

namespace picsharz::accounts {

Account read_account(const db::Row& row, int first) {
  Account account;
  account.id = row.id<AccountId>(first);
  account.handle = row.string(first + 1);
  account.email = row.string(first + 2);
  account.name = row.string(first + 3);
  account.bio = row.string(first + 4);
  account.country = row.string(first + 5);
  account.role = row.as<Role>(first + 6);
  account.state = row.as<AccountState>(first + 7);
  account.is_private = row.truth(first + 8);
  account.photos = row.integer(first + 9);
  account.followers = row.integer(first + 10);
  account.following = row.integer(first + 11);
  account.created_at = row.integer(first + 12);
  account.show_camera = row.truth(first + 13);
  account.allow_download = row.truth(first + 14);
  account.comments_allowed = row.truth(first + 15);
  account.accepted = {row.string(first + 16), row.integer(first + 17), row.integer(first + 18)};
  account.avatar = row.string(first + 19);
  account.language = row.string(first + 20);
  return account;
}

bool AccountStore::insert(db::Tx& tx, const Account& account, std::string_view password_hash) {
  const auto inserted = tx.exec(
      "INSERT INTO accounts (id, handle, email, password_hash, name, bio, country, role, state,"
      " private, created_at, terms_version, terms_accepted_at, confirmed_age, language)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
      " ON CONFLICT DO NOTHING",
      account.id, account.handle, account.email, password_hash, account.name, account.bio,
      account.country, account.role, account.state, account.is_private, account.created_at,
      account.accepted.terms_version, account.accepted.accepted_at, account.accepted.minimum_age,
      account.language);
  if (inserted == 1) index_.put_account(tx, account.id, account.handle, account.name);
  return inserted == 1;
}

std::optional<Account> AccountStore::find(db::Tx& tx, AccountId id) {
  return tx.one(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS("a") " FROM accounts a WHERE a.id = $1",
      [](const db::Row& row) { return read_account(row); }, id);
}

std::optional<Account> AccountStore::find_by_handle(db::Tx& tx, std::string_view handle) {
  return tx.one(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS("a") " FROM accounts a WHERE a.handle = $1",
      [](const db::Row& row) { return read_account(row); }, handle);
}

std::optional<Credentials> AccountStore::credentials(db::Tx& tx, std::string_view login) {
  return tx.one(
      "SELECT id, password_hash, state FROM accounts WHERE handle = $1 OR email = $1",
      [](const db::Row& row) {
        return Credentials{row.id<AccountId>(0), row.string(1), row.as<AccountState>(2)};
      },
      login);
}

bool AccountStore::handle_exists(db::Tx& tx, std::string_view handle) {
  return tx.exec(
             "SELECT 1 FROM accounts WHERE handle = $1"
             " UNION ALL SELECT 1 FROM old_handles WHERE handle = $1",
             handle) > 0;
}

std::optional<Account> AccountStore::find_by_old_handle(db::Tx& tx, std::string_view handle) {
  return tx.one(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM old_handles o JOIN accounts a ON a.id = o.account_id WHERE o.handle = $1",
      [](const db::Row& row) { return read_account(row); }, handle);
}

Micros AccountStore::handle_changed_at(db::Tx& tx, AccountId id) {
  return tx
      .one(
          "SELECT handle_changed_at FROM accounts WHERE id = $1",
          [](const db::Row& row) { return row.integer(0); }, id)
      .value_or(0);
}

bool AccountStore::set_handle(db::Tx& tx, const Account& account, std::string_view handle,
                              Micros changed_at, Micros changed_before) {
  const bool changed = tx.exec(
                           "UPDATE accounts SET handle = $2, handle_changed_at = $4"
                           " WHERE id = $1 AND handle = $3 AND handle_changed_at <= $5"
                           " AND NOT EXISTS (SELECT 1 FROM accounts b WHERE b.handle = $2)",
                           account.id, handle, account.handle, changed_at, changed_before) == 1;
  if (changed) index_.put_account(tx, account.id, handle, account.name);
  return changed;
}

void AccountStore::keep_handle(db::Tx& tx, std::string_view handle, AccountId account,
                               Micros until) {
  tx.exec("INSERT INTO old_handles (handle, account_id, kept_until) VALUES ($1, $2, $3)", handle,
          account, until);
}

bool AccountStore::release_handle(db::Tx& tx, std::string_view handle, AccountId account) {
  return tx.exec("DELETE FROM old_handles WHERE handle = $1 AND account_id = $2", handle, account) >
         0;
}

std::int64_t AccountStore::release_handles(db::Tx& tx, Micros now) {
  return tx.exec("DELETE FROM old_handles WHERE kept_until <= $1", now);
}

bool AccountStore::email_exists(db::Tx& tx, std::string_view email) {
  return tx.exec("SELECT 1 FROM accounts WHERE email = $1", email) > 0;
}

void AccountStore::set_password(db::Tx& tx, AccountId id, std::string_view password_hash) {
  tx.exec("UPDATE accounts SET password_hash = $2 WHERE id = $1", id, password_hash);
}

std::optional<std::string> AccountStore::password_hash(db::Tx& tx, AccountId id) {
  return tx.one(
      "SELECT password_hash FROM accounts WHERE id = $1",
      [](const db::Row& row) { return row.string(0); }, id);
}

bool AccountStore::replace_password(db::Tx& tx, AccountId id, std::string_view old_hash,
                                    std::string_view password_hash) {
  return tx.exec("UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2", id,
                 old_hash, password_hash) > 0;
}

bool AccountStore::set_email(db::Tx& tx, AccountId id, std::string_view email) {
  return tx.exec(
             "UPDATE accounts SET email = $2 WHERE id = $1"
             " AND NOT EXISTS (SELECT 1 FROM accounts b WHERE b.email = $2 AND b.id <> $1)",
             id, email) > 0;
}

void AccountStore::set_profile(db::Tx& tx, const Account& account) {
  tx.exec(
      "UPDATE accounts SET name = $2, bio = $3, country = $4, private = $5, show_camera = $6,"
      " allow_download = $7, comments_allowed = $8, language = $9 WHERE id = $1",
      account.id, account.name, account.bio, account.country, account.is_private,
      account.show_camera, account.allow_download, account.comments_allowed, account.language);
  index_.put_account(tx, account.id, account.handle, account.name);
}

void AccountStore::set_role(db::Tx& tx, AccountId id, Role role) {
  tx.exec("UPDATE accounts SET role = $2 WHERE id = $1", id, role);
}

// A deleted account has the new state where it is taken back (departures).
void AccountStore::set_state(db::Tx& tx, AccountId id, AccountState state) {
  tx.exec("UPDATE departures SET state_before = $2 WHERE account_id = $1", id, state);
  tx.exec(
      "UPDATE accounts SET state = $2 WHERE id = $1"
      " AND NOT EXISTS (SELECT 1 FROM departures d WHERE d.account_id = $1 AND d.phase <> 1)",
      id, state);
}

bool AccountStore::set_avatar(db::Tx& tx, AccountId id, std::string_view old,
                              std::string_view avatar) {
  return tx.exec("UPDATE accounts SET avatar = $3 WHERE id = $1 AND avatar = $2", id, old, avatar) >
         0;
}

bool AccountStore::shows_avatar(db::Tx& tx, std::string_view avatar) {
  return tx.exec("SELECT 1 FROM accounts WHERE avatar = $1 AND avatar <> '' AND state = 0",
                 avatar) > 0;
}

bool AccountStore::has_avatar(db::Tx& tx, std::string_view avatar) {
  return tx.exec("SELECT 1 FROM accounts WHERE avatar = $1 AND avatar <> ''", avatar) > 0;
}

std::int64_t AccountStore::count_administrators(db::Tx& tx) {
  return *tx.one("SELECT count(*) FROM accounts WHERE role = 2 AND state = 0",
                 [](const db::Row& row) { return row.integer(0); });
}

std::int64_t AccountStore::lock_administrators(db::Tx& tx) {
  return tx.exec("UPDATE accounts SET role = 2 WHERE role = 2 AND state = 0");
}

std::vector<Account> AccountStore::list(db::Tx& tx, std::optional<AccountId> after, int limit) {
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM accounts a WHERE a.id > $1 ORDER BY a.id LIMIT $2",
      [](const db::Row& row) { return read_account(row); }, after.value_or(AccountId{}), limit);
}

}  // namespace picsharz::accounts
