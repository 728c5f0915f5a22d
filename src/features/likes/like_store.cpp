#include "features/likes/like_store.h"

#include "features/photos/photo_visibility.h"

namespace picsharz::likes {

namespace {

std::optional<std::int64_t> count(db::Tx& tx, PhotoId photo, int change) {
  return tx.one(
      "UPDATE photos SET likes = likes + $2 WHERE id = $1 RETURNING likes",
      [](const db::Row& row) { return row.integer(0); }, photo, change);
}

}  // namespace

std::optional<std::int64_t> LikeStore::visible_count(db::Tx& tx, const Viewer& viewer,
                                                     PhotoId photo) {
  return tx.one(
      "SELECT p.likes FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.id = $3 AND " PICSHARZ_PHOTO_LISTED,
      [](const db::Row& row) { return row.integer(0); }, viewer.account, viewer.role, photo);
}

std::optional<std::int64_t> LikeStore::insert(db::Tx& tx, AccountId account, PhotoId photo,
                                              Micros now) {
  const bool inserted = tx.exec(
                            "INSERT INTO likes (photo_id, account_id, created_at)"
                            " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                            photo, account, now) > 0;
  return inserted ? count(tx, photo, 1) : std::nullopt;
}

std::optional<std::int64_t> LikeStore::remove(db::Tx& tx, AccountId account, PhotoId photo) {
  const bool removed =
      tx.exec("DELETE FROM likes WHERE photo_id = $1 AND account_id = $2", photo, account) > 0;
  return removed ? count(tx, photo, -1) : std::nullopt;
}

}  // namespace picsharz::likes
