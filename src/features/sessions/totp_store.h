// Rows of second factors. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "features/sessions/totp.h"

namespace picsharz::sessions {

class TotpStore {
 public:
  std::optional<Totp> find(db::Tx& tx, AccountId account);
  // In the place of one that was not confirmed; false where one is on.
  bool begin(db::Tx& tx, AccountId account, std::string_view secret, Micros now);
  // False where it is on already, or another secret was made meanwhile.
  bool turn_on(db::Tx& tx, AccountId account, std::string_view secret, std::int64_t step,
               Micros now);
  // False where a code of this step or a later one was used: of two at the same instant one wins.
  bool use_step(db::Tx& tx, AccountId account, std::int64_t step);
  void remove(db::Tx& tx, AccountId account);  // with its recovery codes
  std::int64_t remove_unconfirmed(db::Tx& tx, Micros created_before);

  void put_recovery_codes(db::Tx& tx, AccountId account, const std::vector<std::string>& hashes);
  // False where there is none: of two uses at the same instant one wins.
  bool use_recovery_code(db::Tx& tx, AccountId account, std::string_view hash);
  std::int64_t count_recovery_codes(db::Tx& tx, AccountId account);
};

}  // namespace picsharz::sessions
