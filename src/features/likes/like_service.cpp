#include "features/likes/like_service.h"

#include <memory>
#include <utility>

namespace picsharz::likes {

Result<LikeState> LikeService::apply(db::Tx& tx, const Viewer& viewer, PhotoId photo, bool liked) {
  if (!likes_.visible_count(tx, viewer, photo)) return not_found();
  if (liked) {
    const bool inserted = likes_.insert(tx, viewer.account, photo, clock_.now());
    if (inserted) {
      activity_.record_for_owner(tx, activity::ActivityKind::like, viewer.account, photo);
    }
  } else {
    likes_.remove(tx, viewer.account, photo);
  }
  return LikeState{*likes_.visible_count(tx, viewer, photo), liked};
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

Result<Page<accounts::Account>> LikeService::likers(const Viewer& viewer, PhotoId photo,
                                                    const PageRequest& request) {
  return database_.read([&](db::Tx& tx) -> Result<Page<accounts::Account>> {
    if (!likes_.is_visible(tx, viewer.account, photo)) return not_found();
    auto rows = likes_.likers(tx, viewer.account, photo, request);
    Page<accounts::Account> page;
    if (static_cast<int>(rows.size()) > request.limit) {
      rows.resize(static_cast<std::size_t>(request.limit));
      page.next = Position{rows.back().since, rows.back().account.id.value};
    }
    for (Liker& row : rows) page.items.push_back(std::move(row.account));
    return page;
  });
}

}  // namespace picsharz::likes
