// Which photos a feed holds, newest first. Ids only: cards make them visible things.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/viewer.h"
#include "db/database.h"
#include "db/log_snapshot.h"
#include "features/photos/photo.h"

namespace picsharz::feed {

struct CountsWanted {
  AccountId viewer;
  const std::vector<PhotoId>* photos;
};

struct GlanceRows {
  db::LogReading log;
  std::vector<std::vector<photos::PhotoCounts>> counts;  // as they were wanted
};

// A photo that stands in somebody's home feed.
struct NewPhoto {
  AccountId follower{};
  PhotoId photo{};
};

class FeedStore {
 public:
  static const db::Sql home_sql;  // a test asks the engine how it would run this

  // Published photos of the people whom `viewer` follows and has not muted.
  std::vector<PhotoId> home(db::Tx& tx, AccountId viewer, std::optional<PhotoId> before, int limit);
  // Whom `viewer` follows, without those of whom one blocked the other: whose photos home() shows.
  std::vector<AccountId> followed(db::Tx& tx, AccountId viewer);
  // Which of `photos` home() shows to which of `followers`: by follower, the newest photo first.
  std::vector<NewPhoto> arrived(db::Tx& tx, std::span<const PhotoId> photos,
                                std::span<const AccountId> followers);
  // What an active account shares with its followers, newest first.
  std::vector<PhotoId> newest_of(db::Tx& tx, AccountId author, int limit);
  // Of several pages, in one statement; on PostgreSQL only. Of photos that the viewers may see:
  // this asks for no permission.
  GlanceRows glance(db::Tx& tx, const db::Snapshot& since, std::span<const CountsWanted> wanted);
  // Public photos of public accounts.
  std::vector<PhotoId> recent(db::Tx& tx, const Viewer& viewer, std::optional<PhotoId> before,
                              int limit);
};

}  // namespace picsharz::feed
