#include "features/departures/departure_store.h"

#include "features/accounts/email_change_store.h"
#include "features/accounts/signup_store.h"
#include "features/sessions/session_store.h"
#include "features/sessions/token_store.h"

namespace picsharz::departures {

namespace {

#define DEPARTURE_COLUMNS "account_id, phase, state_before, left_at, erase_at"

Departure read_departure(const db::Row& row) {
  return {.account = row.id<AccountId>(0),
          .phase = row.as<Phase>(1),
          .before = row.as<accounts::AccountState>(2),
          .left_at = row.integer(3),
          .erase_at = row.integer(4)};
}

AccountId read_id(const db::Row& row) { return row.id<AccountId>(0); }

}  // namespace

std::optional<accounts::Account> DepartureStore::account(db::Tx& tx, AccountId id) {
  return accounts_.find(tx, id);
}

std::optional<accounts::Account> DepartureStore::account(db::Tx& tx, std::string_view handle) {
  return accounts_.find_by_handle(tx, handle);
}

std::int64_t DepartureStore::lock_administrators(db::Tx& tx) {
  return accounts_.lock_administrators(tx);
}

std::optional<Departure> DepartureStore::find(db::Tx& tx, AccountId account) {
  return tx.one("SELECT " DEPARTURE_COLUMNS " FROM departures WHERE account_id = $1",
                read_departure, account);
}

std::optional<Departure> DepartureStore::lock(db::Tx& tx, AccountId account) {
  return tx.one(
      "UPDATE departures SET phase = phase WHERE account_id = $1 RETURNING " DEPARTURE_COLUMNS,
      read_departure, account);
}

bool DepartureStore::begin(db::Tx& tx, const Departure& departure) {
  // One that is just being put together again is taken apart again.
  const bool begun =
      tx.exec(
          "INSERT INTO departures (account_id, phase, state_before, left_at, erase_at)"
          " VALUES ($1, 0, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET phase = 0,"
          " state_before = excluded.state_before, left_at = excluded.left_at,"
          " erase_at = excluded.erase_at WHERE departures.phase = 1",
          departure.account, departure.before, departure.left_at, departure.erase_at) > 0;
  if (begun) {
    tx.exec("UPDATE accounts SET state = $2 WHERE id = $1", departure.account,
            accounts::AccountState::deleted);
  }
  return begun;
}

void DepartureStore::end_access(db::Tx& tx, AccountId account) {
  sessions::SessionStore().remove_all(tx, account);
  sessions::TokenStore().remove_all(tx, account);
  accounts::SignupStore().remove_resets(tx, account);
  accounts::EmailChangeStore().remove(tx, account);
  tx.exec("UPDATE uploads SET state = 2 WHERE account_id = $1 AND state = 0", account);
  tx.exec("UPDATE accounts SET reserved = 0, uploads = 0 WHERE id = $1", account);
}

bool DepartureStore::take_back(db::Tx& tx, AccountId account) {
  const auto before = tx.one(
      "UPDATE departures SET phase = 1 WHERE account_id = $1 AND phase = 0 RETURNING state_before",
      [](const db::Row& row) { return row.integer(0); }, account);
  if (!before) return false;
  tx.exec("UPDATE accounts SET state = $2 WHERE id = $1", account, *before);
  return true;
}

void DepartureStore::set_erase_at(db::Tx& tx, AccountId account, Micros erase_at) {
  tx.exec("UPDATE departures SET erase_at = $2 WHERE account_id = $1", account, erase_at);
}

bool DepartureStore::begin_erasing(db::Tx& tx, AccountId account, Micros now) {
  return tx.exec(
             "UPDATE departures SET phase = 2 WHERE account_id = $1"
             " AND (phase = 2 OR (phase = 0 AND erase_at <= $2))",
             account, now) > 0;
}

void DepartureStore::set_phase(db::Tx& tx, AccountId account, Phase phase) {
  tx.exec("UPDATE departures SET phase = $2 WHERE account_id = $1", account, phase);
}

void DepartureStore::remove(db::Tx& tx, AccountId account) {
  tx.exec("DELETE FROM departures WHERE account_id = $1", account);
}

std::vector<AccountId> DepartureStore::due(db::Tx& tx, Micros now, int limit) {
  return tx.all(
      "SELECT account_id FROM departures WHERE erase_at <= $1 AND phase IN (0, 2)"
      " ORDER BY erase_at LIMIT $2",
      read_id, now, limit);
}

std::vector<AccountId> DepartureStore::of_phase(db::Tx& tx, Phase phase, int limit) {
  return tx.all("SELECT account_id FROM departures WHERE phase = $1 ORDER BY account_id LIMIT $2",
                read_id, phase, limit);
}

void DepartureStore::record(db::Tx& tx, AccountId account, JournalEvent event, By by, Micros now) {
  tx.exec(
      "INSERT INTO departure_journal (account_id, event, operator, created_at)"
      " VALUES ($1, $2, $3, $4)",
      account, event, by, now);
}

}  // namespace picsharz::departures
