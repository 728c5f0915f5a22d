#include "features/activity/activity_service.h"

namespace picsharz::activity {

void ActivityService::record(db::Tx& tx, ActivityKind kind, AccountId actor, AccountId account,
                             PhotoId photo, CommentId comment) {
  if (actor == account) return;
  store_.insert(tx, {kind, actor, account, photo, comment, clock_.now()});
}

namespace {

constexpr std::int64_t waiting_max = 1'000'000;

}  // namespace

std::int64_t ActivityService::prune(db::Tx& tx) { return store_.drop_oldest(tx, waiting_max); }

std::vector<Activity> ActivityService::take(db::Tx& tx, int most) { return store_.take(tx, most); }

}  // namespace picsharz::activity
