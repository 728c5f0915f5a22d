#include "features/feed/feed_store.h"

#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "features/photos/photo_visibility.h"

namespace picsharz::feed {

namespace {

constexpr PhotoId newest{std::numeric_limits<std::int64_t>::max()};

PhotoId read_id(const db::Row& row) { return row.id<PhotoId>(0); }

// What a batch of pages shows, each photo once, and each pair of a photo and who looks at it.
class CountsBatch {
 public:
  explicit CountsBatch(std::span<const CountsWanted> wanted) : wanted_(wanted) {
    std::vector<AccountId> viewers;
    std::vector<PhotoId> shown;
    for (const CountsWanted& each : wanted) {
      for (const PhotoId photo : *each.photos) {
        counts_.try_emplace(photo);
        viewers.push_back(each.viewer);
        shown.push_back(photo);
      }
    }
    std::vector<PhotoId> once;
    once.reserve(counts_.size());
    for (const auto& [photo, counts] : counts_) once.push_back(photo);
    photos = db::id_list(db::Engine::postgres, std::span<const PhotoId>(once));
    pair_photos = db::id_list(db::Engine::postgres, std::span<const PhotoId>(shown));
    pair_viewers = db::id_list(db::Engine::postgres, std::span<const AccountId>(viewers));
  }

  void read(const db::Row& row) {
    if (row.integer(0) == 2) {
      counts_[row.id<PhotoId>(1)] = {row.integer(2), row.integer(3), false};
    } else {
      liked_[row.id<AccountId>(2)].insert(row.id<PhotoId>(1));
    }
  }

  std::vector<std::vector<photos::PhotoCounts>> take() {
    std::vector<std::vector<photos::PhotoCounts>> all;
    for (const CountsWanted& each : wanted_) {
      const auto liked = liked_.find(each.viewer);
      auto& page = all.emplace_back();
      page.reserve(each.photos->size());
      for (const PhotoId photo : *each.photos) {
        page.push_back(counts_[photo]);
        page.back().liked = liked != liked_.end() && liked->second.contains(photo);
      }
    }
    return all;
  }

  std::string photos;
  std::string pair_photos;
  std::string pair_viewers;

 private:
  std::span<const CountsWanted> wanted_;
  std::unordered_map<PhotoId, photos::PhotoCounts> counts_;
  std::unordered_map<AccountId, std::unordered_set<PhotoId>> liked_;
};

}  // namespace

#define NOT_MUTED                                                           \
  " AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.muter_id = f.follower_id" \
  " AND m.muted_id = f.followee_id)"

// Both walk the index photos_followable of each followed person. SQLite keeps the newest `limit`
// of all of them in one bounded sort; PostgreSQL would read every photo of everybody, unless it is
// told to take the newest of each.
constinit const db::Sql FeedStore::home_sql(
    "SELECT p.id FROM follows f CROSS JOIN photos p"
    " WHERE f.follower_id = $1 AND f.state = 1" NOT_MUTED
    " AND p.owner_id = f.followee_id"
    " AND p.state = 3 AND p.visibility <= 1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3",
    "SELECT n.id FROM follows f CROSS JOIN LATERAL ("
    "SELECT p.id FROM photos p WHERE p.owner_id = f.followee_id AND p.state = 3"
    " AND p.visibility <= 1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3) n"
    " WHERE f.follower_id = $1 AND f.state = 1" NOT_MUTED " ORDER BY n.id DESC LIMIT $3");

std::vector<PhotoId> FeedStore::home(db::Tx& tx, AccountId viewer, std::optional<PhotoId> before,
                                     int limit) {
  return tx.all(home_sql, read_id, viewer, before.value_or(newest), limit);
}

std::vector<AccountId> FeedStore::followed(db::Tx& tx, AccountId viewer) {
  return tx.all(
      "SELECT f.followee_id FROM follows f WHERE f.follower_id = $1 AND f.state = 1" NOT_MUTED
      " AND NOT EXISTS (SELECT 1 FROM blocks b"
      "  WHERE b.blocker_id = f.followee_id AND b.blocked_id = $1)"
      " AND NOT EXISTS (SELECT 1 FROM blocks b"
      "  WHERE b.blocker_id = $1 AND b.blocked_id = f.followee_id)",
      [](const db::Row& row) { return row.id<AccountId>(0); }, viewer);
}

std::vector<NewPhoto> FeedStore::arrived(db::Tx& tx, std::span<const PhotoId> photos,
                                         std::span<const AccountId> followers) {
  // From the few photos to those of their followers who are asked for, by the key of follows.
#define ARRIVED                                                                        \
  " WHERE p.state = 3 AND p.visibility <= 1 AND o.state = 0 AND f.state = 1" NOT_MUTED \
  " AND NOT EXISTS (SELECT 1 FROM blocks b"                                            \
  "  WHERE b.blocker_id = f.followee_id AND b.blocked_id = f.follower_id)"             \
  " AND NOT EXISTS (SELECT 1 FROM blocks b"                                            \
  "  WHERE b.blocker_id = f.follower_id AND b.blocked_id = f.followee_id)"             \
  " ORDER BY f.follower_id, p.id DESC"
  static constexpr db::Sql sql(
      "SELECT f.follower_id, p.id FROM json_each($1) i CROSS JOIN photos p ON p.id = i.value"
      " CROSS JOIN accounts o ON o.id = p.owner_id CROSS JOIN json_each($2) w"
      " CROSS JOIN follows f ON f.follower_id = w.value AND f.followee_id = p.owner_id" ARRIVED,
      "SELECT f.follower_id, p.id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " JOIN follows f ON f.followee_id = p.owner_id"
      " AND f.follower_id = ANY (CAST($2 AS BIGINT[]))"
      " AND p.id = ANY (CAST($1 AS BIGINT[]))" ARRIVED);
#undef ARRIVED
  return tx.all(
      sql,
      [](const db::Row& row) {
        return NewPhoto{row.id<AccountId>(0), row.id<PhotoId>(1)};
      },
      db::id_list(tx.engine(), photos), db::id_list(tx.engine(), followers));
}

std::vector<PhotoId> FeedStore::newest_of(db::Tx& tx, AccountId author, int limit) {
  return tx.all(
      "SELECT p.id FROM accounts o JOIN photos p ON p.owner_id = o.id"
      " WHERE o.id = $1 AND o.state = 0 AND p.state = 3 AND p.visibility <= 1"
      " ORDER BY p.id DESC LIMIT $2",
      read_id, author, limit);
}

GlanceRows FeedStore::glance(db::Tx& tx, const db::Snapshot& since,
                             std::span<const CountsWanted> wanted) {
  static constexpr db::Sql sql(
      "SELECT 1",
      PICSHARZ_LOG_ROWS("$1", "$2")
      " UNION ALL SELECT 2, p.id, p.likes, p.comments, 0, '' FROM photos p"
      "  WHERE p.id = ANY (CAST($3 AS BIGINT[]))"
      " UNION ALL SELECT 3, l.photo_id, l.account_id, 0, 0, ''"
      "  FROM unnest(CAST($4 AS BIGINT[]), CAST($5 AS BIGINT[])) w (photo_id, account_id)"
      "  JOIN likes l ON l.photo_id = w.photo_id AND l.account_id = w.account_id");
  const db::LogQuestion question(since);
  CountsBatch batch(wanted);
  GlanceRows rows;
  tx.each(
      sql,
      [&](const db::Row& row) {
        if (!db::read_log_row(row, since, rows.log)) batch.read(row);
      },
      question.next, question.running, batch.photos, batch.pair_photos, batch.pair_viewers);
  rows.counts = batch.take();
  return rows;
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
