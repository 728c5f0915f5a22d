// A private account that becomes public approves everybody who waits: there is nothing left to ask.
//
// Threads:   thread-safe.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "features/accounts/opening_service.h"
#include "features/activity/activity_service.h"
#include "features/follows/follow_store.h"

namespace picsharz::follows {

class FollowOpeningService final : public accounts::OpeningService {
 public:
  FollowOpeningService(activity::ActivityService& activity, const Clock& clock)
      : activity_(activity), clock_(clock) {}

  void opening(db::Tx& tx, AccountId account) override;
  std::int64_t opened(db::Tx& tx, AccountId account) override;
  void committed(std::int64_t opened) override;

 private:
  activity::ActivityService& activity_;
  const Clock& clock_;
  FollowStore follows_;
};

}  // namespace picsharz::follows
