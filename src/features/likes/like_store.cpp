#include "features/likes/like_store.h"

#include <limits>
#include <utility>

#include "features/accounts/account_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::likes {

namespace {

// The count now. SQLite has one writer, so that it follows from the one before; RETURNING would
// make a table for its row.
std::int64_t count(db::Tx& tx, PhotoId photo, std::int64_t before, int change) {
  static constexpr db::Sql sql(
      "UPDATE photos SET likes = likes + $2 WHERE id = $1",
      "UPDATE photos SET likes = likes + $2 WHERE id = $1 RETURNING likes");
  return tx
      .one(
          sql, [](const db::Row& row) { return row.integer(0); }, photo, change)
      .value_or(before + change);
}

}  // namespace

std::optional<Likeable> LikeStore::likeable(db::Tx& tx, const Viewer& viewer, PhotoId photo) {
  return tx.one(
      "SELECT p.likes, p.owner_id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.id = $3 AND " PICSHARZ_PHOTO_LISTED,
      [&](const db::Row& row) {
        return Likeable{photo, row.integer(0), row.id<AccountId>(1)};
      },
      viewer.account, viewer.role, photo);
}

std::optional<std::int64_t> LikeStore::insert(db::Tx& tx, AccountId account, const Likeable& photo,
                                              Micros now) {
  const bool inserted = tx.exec(
                            "INSERT INTO likes (photo_id, account_id, created_at)"
                            " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                            photo.id, account, now) > 0;
  if (!inserted) return std::nullopt;
  return count(tx, photo.id, photo.likes, 1);
}

std::optional<std::int64_t> LikeStore::remove(db::Tx& tx, AccountId account,
                                              const Likeable& photo) {
  const bool removed =
      tx.exec("DELETE FROM likes WHERE photo_id = $1 AND account_id = $2", photo.id, account) > 0;
  if (!removed) return std::nullopt;
  return count(tx, photo.id, photo.likes, -1);
}

bool LikeStore::is_visible(db::Tx& tx, AccountId viewer, PhotoId photo) {
  return tx.exec(
             "SELECT 1 FROM photos p JOIN accounts o ON o.id = p.owner_id"
             " WHERE p.id = $3 AND " PICSHARZ_PHOTO_VISIBLE,
             viewer, Role::member, photo) > 0;
}

std::vector<Position> LikeStore::likers(db::Tx& tx, PhotoId photo, std::optional<Position> after,
                                        int limit) {
  constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();
  const Position from = after.value_or(Position{latest, latest});
  return tx.all(
      "SELECT created_at, account_id FROM likes"
      " WHERE photo_id = $1 AND (created_at, account_id) < ($2, $3)"
      " ORDER BY created_at DESC, account_id DESC LIMIT $4",
      [](const db::Row& row) {
        return Position{row.integer(0), row.integer(1)};
      },
      photo, from.key, from.id, limit);
}

std::unordered_map<PhotoId, std::int64_t> LikeStore::counts(db::Tx& tx,
                                                            std::span<const PhotoId> photos) {
  static constexpr db::Sql sql(
      "SELECT p.id, p.likes FROM json_each($1) i CROSS JOIN photos p ON p.id = i.value",
      "SELECT p.id, p.likes FROM photos p WHERE p.id = ANY (CAST($1 AS BIGINT[]))");
  const auto rows = tx.all(
      sql, [](const db::Row& row) { return std::pair(row.id<PhotoId>(0), row.integer(1)); },
      db::id_list(tx.engine(), photos));
  return {rows.begin(), rows.end()};
}

std::vector<accounts::Account> LikeStore::named(db::Tx& tx, AccountId viewer,
                                                std::span<const AccountId> ids) {
#define NAMED                                                                         \
  " AND a.state = 0 AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id" \
  "  AND b.blocked_id = $1)"
  static constexpr db::Sql sql(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM accounts a WHERE a.id IN (SELECT value FROM json_each($2))" NAMED,
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM accounts a WHERE a.id = ANY (CAST($2 AS BIGINT[]))" NAMED);
  return tx.all(
      sql, [](const db::Row& row) { return accounts::read_account(row); }, viewer,
      db::id_list(tx.engine(), ids));
}

}  // namespace picsharz::likes
