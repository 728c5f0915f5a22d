// The record of looks that only a role allows: a moderator at what was not shared with them.
//
// What:      rows of staff_views; the database refuses to change or delete one (migration 0016).
// Threads:   stateless; works in the caller's transaction.
#pragma once

#include "base/clock.h"
#include "db/database.h"
#include "features/photos/photo.h"

namespace picsharz::photos {

class StaffViewStore {
 public:
  // `id`: of an IdSource.
  void insert(db::Tx& tx, std::int64_t id, AccountId viewer, PhotoId photo, PhotoState state,
              Micros now) {
    tx.exec(
        "INSERT INTO staff_views (id, viewer_id, photo_id, state, created_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        id, viewer, photo, state, now);
  }
};

}  // namespace picsharz::photos
