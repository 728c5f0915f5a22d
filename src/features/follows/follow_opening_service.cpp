#include "features/follows/follow_opening_service.h"

#include <iterator>

#include "base/tally.h"

namespace picsharz::follows {

void FollowOpeningService::opening(db::Tx& tx, AccountId account) {
  follows_.lock_requests(tx, account);
}

std::int64_t FollowOpeningService::opened(db::Tx& tx, AccountId account) {
  const auto followers = follows_.approve_all(tx, account, clock_.now());
  for (const AccountId follower : followers) {
    activity_.record(tx, activity::ActivityKind::follow_approved, account, follower);
  }
  return std::ssize(followers);
}

void FollowOpeningService::committed(std::int64_t opened) {
  for (std::int64_t i = 0; i < opened; ++i) count_use(Use::follow);
}

}  // namespace picsharz::follows
