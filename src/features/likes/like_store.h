// Rows of likes, and the counter of the photo that goes with them. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/viewer.h"
#include "db/database.h"

namespace picsharz::likes {

class LikeStore {
 public:
  // The count of a published photo that this viewer may see.
  std::optional<std::int64_t> visible_count(db::Tx& tx, const Viewer& viewer, PhotoId photo);
  // False where it is there already; else the counter went up with it.
  bool insert(db::Tx& tx, AccountId account, PhotoId photo, Micros now);
  // False where there is none; else the counter went down with it.
  bool remove(db::Tx& tx, AccountId account, PhotoId photo);
};

}  // namespace picsharz::likes
