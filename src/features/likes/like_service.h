// Likes: idempotent, counted exactly, and seen by those who may see the photo.
//
// What:      the row and the photo's counter change in one transaction, the counter only where a
//            row came or went. The caller's thread is not held: the answer comes from the
//            database's.
// Threads:   thread-safe.
// Failures:  not_found for a photo that the viewer may not see or that is not published; a database
//            that is down reaches `done` as its exception, or is thrown where the queue is full.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <vector>

#include "base/error.h"
#include "features/activity/activity_service.h"
#include "features/likes/like_store.h"
#include "features/sessions/session_service.h"

namespace picsharz::likes {

struct LikeState {
  std::int64_t likes = 0;
  bool liked = false;
};

class LikeService {
 public:
  using Done = std::move_only_function<void(std::exception_ptr, Result<LikeState>)>;

  LikeService(db::Database& database, activity::ActivityService& activity, const Clock& clock)
      : database_(database), activity_(activity), clock_(clock) {}

  // `done` must not block. `confirm` is asked in the transaction, where the viewer was only
  // recalled.
  void set(const Viewer& viewer, PhotoId photo, bool liked, Done done,
           sessions::SessionService::Confirm confirm = {});
  // Who likes a photo that the viewer may see, newest first. A page may be short, and go on, where
  // many of those who like it are suspended or blocked the viewer.
  Result<Page<accounts::Account>> likers(const Viewer& viewer, PhotoId photo,
                                         const PageRequest& request);

 private:
  // In the order of the likes.
  std::vector<accounts::Account> named(db::Tx& tx, const Viewer& viewer,
                                       std::span<const Position> likes);

  db::Database& database_;
  activity::ActivityService& activity_;
  const Clock& clock_;
  LikeStore likes_;
};

}  // namespace picsharz::likes
