// Rows of invitations. No rules, no clock.
//
// What:      one is revoked too where its maker is not active, or has not the role `least`.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "features/accounts/invitation.h"

namespace picsharz::accounts {

class InvitationStore {
 public:
  void insert(db::Tx& tx, const Invitation& invitation, std::string_view token_hash);
  std::optional<Invitation> find(db::Tx& tx, std::string_view token_hash, Role least);
  std::optional<Invitation> find(db::Tx& tx, InvitationId id, Role least);
  // Counts a use; false where there is none left. Of two at the same instant, one gets the last.
  bool take(db::Tx& tx, InvitationId id, Role least);
  void give_back(db::Tx& tx, InvitationId id);
  // Of one maker, the newest first.
  std::vector<Invitation> list(db::Tx& tx, AccountId maker, std::optional<InvitationId> before,
                               int limit, Role least);
  bool revoke(db::Tx& tx, AccountId maker, InvitationId id);
  // Holds the maker's row, so that two of one maker are counted one by one.
  void hold_maker(db::Tx& tx, AccountId maker);
  std::int64_t count_open(db::Tx& tx, AccountId maker, Micros now);
  // Those that brought somebody, and those that still may.
  std::int64_t count_spent(db::Tx& tx, AccountId maker, Micros now);
  std::int64_t remove_unused(db::Tx& tx, Micros expired_before);
};

}  // namespace picsharz::accounts
