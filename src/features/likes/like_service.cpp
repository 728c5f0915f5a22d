#include "features/likes/like_service.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "base/tally.h"

namespace picsharz::likes {

namespace {

constexpr int looks_max = 4;  // of at most a page of likes each, where many are not named

struct Wish {
  PhotoId photo{};
  bool liked = false;
  Micros now = 0;
};

struct Applied {
  LikeState state{};
  bool changed = false;  // by this wish; not at its repetition
};

Result<Applied> apply_wish(db::Tx& tx, LikeStore& likes, activity::ActivityService& activity,
                           const Viewer& viewer, const Wish& wish) {
  auto found = likes.likeable(tx, viewer, wish.photo);
  if (!found) return not_found();
  const auto changed = wish.liked ? likes.insert(tx, viewer.account, *found, wish.now)
                                  : likes.remove(tx, viewer.account, *found);
  if (wish.liked && changed) {
    activity.record(tx, activity::ActivityKind::like, viewer.account, found->owner, wish.photo);
  }
  // The statement may have waited for the same wish of another request, which has counted it.
  if (!changed) found = likes.likeable(tx, viewer, wish.photo);
  if (!changed && !found) return not_found();
  return Applied{{changed.value_or(found->likes), wish.liked}, changed.has_value()};
}

// Once it is committed.
Result<LikeState> counted(const Result<Applied>& applied) {
  if (!applied) return std::unexpected(applied.error());
  if (applied->changed) count_use(applied->state.liked ? Use::like : Use::unlike);
  return applied->state;
}

}  // namespace

void LikeService::set(const Viewer& viewer, PhotoId photo, bool liked, Done done,
                      sessions::SessionService::Confirm confirm) {
  const auto result = std::make_shared<Result<Applied>>(not_found());
  database_.run_write_async(
      [this, viewer, photo, liked, result, confirm = std::move(confirm)](db::Tx& tx) {
        const Result<Viewer> now = confirm ? confirm(tx) : viewer;
        *result = now ? apply_wish(tx, likes_, activity_, *now, {photo, liked, clock_.now()})
                      : std::unexpected(now.error());
        return result->has_value();
      },
      [result, done = std::move(done)](const std::exception_ptr& failure) mutable {
        done(failure, failure ? not_found() : counted(*result));
      });
}

std::vector<accounts::Account> LikeService::named(db::Tx& tx, const Viewer& viewer,
                                                  std::span<const Position> likes) {
  std::vector<AccountId> order;
  for (const Position& like : likes) order.push_back(AccountId{like.id});
  auto people = likes_.named(tx, viewer.account, order);
  std::ranges::sort(people, {}, [&](const accounts::Account& account) {
    return std::ranges::find(order, account.id) - order.begin();
  });
  return people;
}

Result<Page<accounts::Account>> LikeService::likers(const Viewer& viewer, PhotoId photo,
                                                    const PageRequest& request) {
  const auto limit = static_cast<std::size_t>(request.limit);
  return database_.read([&](db::Tx& tx) -> Result<Page<accounts::Account>> {
    if (!likes_.is_visible(tx, viewer.account, photo)) return not_found();
    Page<accounts::Account> page;
    page.next = request.after;
    for (int look = 0; look < looks_max && page.items.size() < limit; ++look) {
      const std::size_t wanted = limit - page.items.size();
      auto found = likes_.likers(tx, photo, page.next, static_cast<int>(wanted) + 1);
      const bool more = found.size() > wanted;
      if (more) found.resize(wanted);
      std::ranges::move(named(tx, viewer, found), std::back_inserter(page.items));
      page.next = more ? std::optional(found.back()) : std::nullopt;
      if (!more) break;
    }
    return page;
  });
}

}  // namespace picsharz::likes
