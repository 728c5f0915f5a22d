// Rows of what somebody chose, and of when the next daily mail is due. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "db/database.h"
#include "features/notifications/notification.h"
#include "features/notifications/notification_store.h"

namespace picsharz::notifications {

class PreferenceStore {
 public:
  // False where it is erased; else nobody else changes its row until this transaction ends.
  bool lock_account(db::Tx& tx, AccountId account);
  // What was chosen, in the place of what holds by itself.
  void load(db::Tx& tx, AccountId account, Preferences& preferences);
  void set(db::Tx& tx, AccountId account, Kind kind, const Choice& choice);
  // `due`: where one waits, it is due then.
  void set_digest_hour(db::Tx& tx, AccountId account, int hour, Micros due);

  // There is something for the daily mail: due then, where none is due yet.
  void want_digest(db::Tx& tx, AccountId account, int hour, Micros due);
  std::vector<Due<AccountId>> due_digests(db::Tx& tx, Micros now, int most);
  // False: another process has it.
  bool take_digest(db::Tx& tx, const Due<AccountId>& due);
};

}  // namespace picsharz::notifications
