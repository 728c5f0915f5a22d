#include "features/follows/follow_opening_service.h"

namespace picsharz::follows {

void FollowOpeningService::opening(db::Tx& tx, AccountId account) {
  follows_.lock_requests(tx, account);
}

void FollowOpeningService::opened(db::Tx& tx, AccountId account) {
  for (const AccountId follower : follows_.approve_all(tx, account, clock_.now())) {
    activity_.record(tx, activity::ActivityKind::follow_approved, account, follower);
  }
}

}  // namespace picsharz::follows
