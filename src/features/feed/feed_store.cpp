#include "features/feed/feed_store.h"

#include <limits>

#include "features/photos/photo_visibility.h"

namespace picsharz::feed {

namespace {

constexpr PhotoId newest{std::numeric_limits<std::int64_t>::max()};

PhotoId read_id(const db::Row& row) { return row.id<PhotoId>(0); }

}  // namespace

// Both walk the index photos_followable of each followed person. SQLite keeps the newest `limit`
// of all of them in one bounded sort; PostgreSQL would read every photo of everybody, unless it is
// told to take the newest of each.
constinit const db::Sql FeedStore::home_sql(
    "SELECT p.id FROM follows f CROSS JOIN photos p"
    " WHERE f.follower_id = $1 AND f.state = 1 AND p.owner_id = f.followee_id"
    " AND p.state = 3 AND p.visibility <= 1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3",
    "SELECT n.id FROM follows f CROSS JOIN LATERAL ("
    "SELECT p.id FROM photos p WHERE p.owner_id = f.followee_id AND p.state = 3"
    " AND p.visibility <= 1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3) n"
    " WHERE f.follower_id = $1 AND f.state = 1 ORDER BY n.id DESC LIMIT $3");

std::vector<PhotoId> FeedStore::home(db::Tx& tx, AccountId viewer, std::optional<PhotoId> before,
                                     int limit) {
  return tx.all(home_sql, read_id, viewer, before.value_or(newest), limit);
}

std::vector<AccountId> FeedStore::followed(db::Tx& tx, AccountId viewer) {
  return tx.all(
      "SELECT f.followee_id FROM follows f WHERE f.follower_id = $1 AND f.state = 1"
      " AND NOT EXISTS (SELECT 1 FROM blocks b"
      "  WHERE b.blocker_id = f.followee_id AND b.blocked_id = $1)"
      " AND NOT EXISTS (SELECT 1 FROM blocks b"
      "  WHERE b.blocker_id = $1 AND b.blocked_id = f.followee_id)",
      [](const db::Row& row) { return row.id<AccountId>(0); }, viewer);
}

std::vector<PhotoId> FeedStore::newest_of(db::Tx& tx, AccountId author, int limit) {
  return tx.all(
      "SELECT p.id FROM accounts o JOIN photos p ON p.owner_id = o.id"
      " WHERE o.id = $1 AND o.state = 0 AND p.state = 3 AND p.visibility <= 1"
      " ORDER BY p.id DESC LIMIT $2",
      read_id, author, limit);
}

std::vector<PhotoId> FeedStore::recent(db::Tx& tx, const Viewer& viewer,
                                       std::optional<PhotoId> before, int limit) {
  return tx.all(
      "SELECT p.id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.state = 3 AND p.visibility = 0 AND o.private = 0 AND p.id < $3"
      " AND " PICSHARZ_PHOTO_LISTED " ORDER BY p.id DESC LIMIT $4",
      read_id, viewer.account, viewer.role, before.value_or(newest), limit);
}

}  // namespace picsharz::feed
