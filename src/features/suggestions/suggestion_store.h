// The queries behind suggestions. Each looks at a bounded number of rows, the newest, whatever an
// account has: at 64 of those whom one follows, at 64 of those whom each of them follows, at 200
// photos or likes. What it says of a photo goes through the one visibility predicate.
//
// What:      never the viewer, nobody he follows or asked to, nobody muted, blocked in either
//            direction, or not active. At most a hundred of each source, the most hints first.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/viewer.h"
#include "db/database.h"
#include "features/suggestions/suggestion.h"

namespace picsharz::suggestions {

class SuggestionStore {
 public:
  static const db::Sql followed_by_sql;  // a test asks the engine how it would run this

  // Followed by people whom the viewer follows.
  std::vector<Hint> followed_by(db::Tx& tx, const Viewer& viewer);
  // Owners of photos that he liked.
  std::vector<Hint> liked(db::Tx& tx, const Viewer& viewer);
  // What is seen most in photos that he liked.
  std::vector<std::string> liked_labels(db::Tx& tx, const Viewer& viewer);
  // Owners of photos with this label.
  std::vector<Hint> with_label(db::Tx& tx, const Viewer& viewer, const std::string& label);
  // Owners of the newest public photos.
  std::vector<Hint> active(db::Tx& tx, const Viewer& viewer);
  // In no order.
  std::vector<accounts::Account> accounts(db::Tx& tx, std::span<const AccountId> ids);
};

}  // namespace picsharz::suggestions
