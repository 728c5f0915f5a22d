// Rows of activity: a queue, not a history. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <vector>

#include "db/database.h"
#include "features/activity/activity.h"

namespace picsharz::activity {

class ActivityStore {
 public:
  void insert(db::Tx& tx, const Activity& activity);
  // The oldest, removed: what one transaction took no other one sees.
  std::vector<Activity> take(db::Tx& tx, int most);
  bool any(db::Tx& tx);
  // All but the newest `kept` go, as if they had not been; how many.
  std::int64_t drop_oldest(db::Tx& tx, std::int64_t kept);
};

}  // namespace picsharz::activity
