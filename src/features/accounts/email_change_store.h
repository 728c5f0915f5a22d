// Rows of e-mail addresses that wait for both confirmations. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>

#include "db/database.h"
#include "features/accounts/email_change.h"

namespace picsharz::accounts {

class EmailChangeStore {
 public:
  void insert(db::Tx& tx, const EmailChange& change);
  std::optional<EmailChange> find(db::Tx& tx, AccountId account);
  std::optional<EmailChange> find_by_link(db::Tx& tx, std::string_view link_hash);
  // Counts a try of the code; false where `most` were made, or it was right before.
  bool take_try(db::Tx& tx, AccountId account, int most);
  // Notes a confirmation and gives the row as it is then: of two at the same instant, the second
  // sees the first.
  std::optional<EmailChange> confirm_by_code(db::Tx& tx, AccountId account);
  std::optional<EmailChange> confirm_by_link(db::Tx& tx, std::string_view link_hash);
  bool remove(db::Tx& tx, AccountId account);
  std::int64_t remove_expired(db::Tx& tx, Micros now);
};

}  // namespace picsharz::accounts
