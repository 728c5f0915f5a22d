// Which photos a feed holds, newest first. Ids only: cards make them visible things.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "base/viewer.h"
#include "db/database.h"

namespace picsharz::feed {

class FeedStore {
 public:
  static const db::Sql home_sql;  // a test asks the engine how it would run this

  // Published photos of the people whom `viewer` follows.
  std::vector<PhotoId> home(db::Tx& tx, AccountId viewer, std::optional<PhotoId> before, int limit);
  // Whom `viewer` follows, without those of whom one blocked the other: whose photos home() shows.
  std::vector<AccountId> followed(db::Tx& tx, AccountId viewer);
  // What an active account shares with its followers, newest first.
  std::vector<PhotoId> newest_of(db::Tx& tx, AccountId author, int limit);
  // Public photos of public accounts.
  std::vector<PhotoId> recent(db::Tx& tx, const Viewer& viewer, std::optional<PhotoId> before,
                              int limit);
};

}  // namespace picsharz::feed
