// Rows of departures and of their journal, and the state of the account that goes with them. No
// rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "features/accounts/account_store.h"
#include "features/departures/departure.h"

namespace picsharz::departures {

class DepartureStore {
 public:
  std::optional<accounts::Account> account(db::Tx& tx, AccountId id);
  std::optional<accounts::Account> account(db::Tx& tx, std::string_view handle);
  // How many active ones there are; nobody else changes that until the transaction ends.
  std::int64_t lock_administrators(db::Tx& tx);

  std::optional<Departure> find(db::Tx& tx, AccountId account);
  // Holds the row until the transaction ends.
  std::optional<Departure> lock(db::Tx& tx, AccountId account);
  // The account is leaving. False where it is already.
  bool begin(db::Tx& tx, const Departure& departure);
  // Sessions, tokens, links to a new password, a change of address, uploads that are not complete.
  void end_access(db::Tx& tx, AccountId account);
  // The account has its state again. False where its grace is over.
  bool take_back(db::Tx& tx, AccountId account);
  void set_erase_at(db::Tx& tx, AccountId account, Micros erase_at);
  // False where it is too early or was taken back; true also where it began before.
  bool begin_erasing(db::Tx& tx, AccountId account, Micros now);
  void set_phase(db::Tx& tx, AccountId account, Phase phase);
  void remove(db::Tx& tx, AccountId account);
  // Whose grace is over by then, and whoever's erasing has begun.
  std::vector<AccountId> due(db::Tx& tx, Micros now, int limit);
  std::vector<AccountId> of_phase(db::Tx& tx, Phase phase, int limit);

  void record(db::Tx& tx, AccountId account, JournalEvent event, By by, Micros now);

 private:
  accounts::AccountStore accounts_;
};

}  // namespace picsharz::departures
