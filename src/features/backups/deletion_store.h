// Rows that a restored instance loses again, each with all that hangs on it, and whom to tell when
// there is nothing to restore from. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"
#include "features/accounts/account.h"
#include "features/collections/collection.h"

namespace picsharz::backups {

class DeletionStore {
 public:
  // Each is nothing where it is gone already.
  std::optional<AccountId> owner_of_photo(db::Tx& tx, PhotoId photo);
  bool erase_comment(db::Tx& tx, CommentId comment);
  bool erase_collection(db::Tx& tx, collections::CollectionId collection);
  bool drop_avatar(db::Tx& tx, AccountId account, std::string_view avatar);
  bool remove_photo(db::Tx& tx, PhotoId photo);  // as moderation does
  // The account is leaving; false where there is none, or it is leaving already.
  bool leave(db::Tx& tx, AccountId account, Micros at, Micros erase_at);
  void end_grace(db::Tx& tx, AccountId account);
  bool has_account(db::Tx& tx, AccountId account);
  std::vector<accounts::Account> administrators(db::Tx& tx);
};

}  // namespace picsharz::backups
