#include "features/likes/like_service.h"

#include <memory>

namespace picsharz::likes {

Result<LikeState> LikeService::apply(db::Tx& tx, const Viewer& viewer, PhotoId photo, bool liked) {
  const auto visible = likes_.visible_count(tx, viewer, photo);
  if (!visible) return not_found();
  const auto changed = liked ? likes_.insert(tx, viewer.account, photo, clock_.now())
                             : likes_.remove(tx, viewer.account, photo);
  if (liked && changed) {
    activity_.record_for_owner(tx, activity::ActivityKind::like, viewer.account, photo);
  }
  return LikeState{changed.value_or(*visible), liked};
}

void LikeService::set(const Viewer& viewer, PhotoId photo, bool liked, Done done) {
  const auto result = std::make_shared<Result<LikeState>>(not_found());
  database_.run_write_async(
      [this, viewer, photo, liked, result](db::Tx& tx) {
        *result = apply(tx, viewer, photo, liked);
        return result->has_value();
      },
      [result, done = std::move(done)](const std::exception_ptr& failure) mutable {
        done(failure, std::move(*result));
      });
}

}  // namespace picsharz::likes
