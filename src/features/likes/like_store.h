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
  // Nothing where it is there already; else the count, which went up with it.
  std::optional<std::int64_t> insert(db::Tx& tx, AccountId account, PhotoId photo, Micros now);
  // Nothing where there is none; else the count, which went down with it.
  std::optional<std::int64_t> remove(db::Tx& tx, AccountId account, PhotoId photo);
};

}  // namespace picsharz::likes
