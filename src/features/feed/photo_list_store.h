// Lists of photos that are no feed of people: of a tag, and of what somebody liked. Places only, in
// the list's order, of photos in every state: cards make them visible things.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/page.h"
#include "db/database.h"

namespace picsharz::feed {

class PhotoListStore {
 public:
  // Newest photo first. The id of a place is the photo's.
  std::vector<Position> tagged(db::Tx& tx, std::string_view tag, std::optional<Position> after,
                               int limit);
  // Newest like first; the key is its time.
  std::vector<Position> liked(db::Tx& tx, AccountId account, std::optional<Position> after,
                              int limit);
};

}  // namespace picsharz::feed
