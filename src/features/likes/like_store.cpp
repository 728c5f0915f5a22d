#include "features/likes/like_store.h"

#include <limits>

#include "features/accounts/account_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::likes {

namespace {

void count(db::Tx& tx, PhotoId photo, int change) {
  tx.exec("UPDATE photos SET likes = likes + $2 WHERE id = $1", photo, change);
}

}  // namespace

std::optional<std::int64_t> LikeStore::visible_count(db::Tx& tx, const Viewer& viewer,
                                                     PhotoId photo) {
  return tx.one(
      "SELECT p.likes FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.id = $3 AND " PICSHARZ_PHOTO_LISTED,
      [](const db::Row& row) { return row.integer(0); }, viewer.account, viewer.role, photo);
}

bool LikeStore::insert(db::Tx& tx, AccountId account, PhotoId photo, Micros now) {
  const bool inserted = tx.exec(
                            "INSERT INTO likes (photo_id, account_id, created_at)"
                            " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                            photo, account, now) > 0;
  if (inserted) count(tx, photo, 1);
  return inserted;
}

bool LikeStore::remove(db::Tx& tx, AccountId account, PhotoId photo) {
  const bool removed =
      tx.exec("DELETE FROM likes WHERE photo_id = $1 AND account_id = $2", photo, account) > 0;
  if (removed) count(tx, photo, -1);
  return removed;
}

bool LikeStore::is_visible(db::Tx& tx, AccountId viewer, PhotoId photo) {
  return tx.exec(
             "SELECT 1 FROM photos p JOIN accounts o ON o.id = p.owner_id"
             " WHERE p.id = $3 AND " PICSHARZ_PHOTO_VISIBLE,
             viewer, Role::member, photo) > 0;
}

std::vector<Liker> LikeStore::likers(db::Tx& tx, AccountId viewer, PhotoId photo,
                                     const PageRequest& page) {
  constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();
  const Position after = page.after.value_or(Position{latest, latest});
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") ", l.created_at FROM likes l JOIN accounts a ON a.id = l.account_id"
               " WHERE l.photo_id = $2 AND a.state = 0"
               " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id"
               "  AND b.blocked_id = $1)"
               " AND (l.created_at, l.account_id) < ($3, $4)"
               " ORDER BY l.created_at DESC, l.account_id DESC LIMIT $5",
      [](const db::Row& row) {
        return Liker{accounts::read_account(row), row.integer(accounts::account_columns)};
      },
      viewer, photo, after.key, after.id, page.limit + 1);
}

}  // namespace picsharz::likes
