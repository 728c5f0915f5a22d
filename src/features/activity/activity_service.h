// The outbox of what people did: written in the transaction that did it, taken by notifications.
//
// What:      follows, likes and comments record; they know nothing of who is told, and how. What
//            was taken back meanwhile (an unlike, a block) is for the taker to find out.
// Threads:   thread-safe; every method works in the caller's transaction.
#pragma once

#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "features/activity/activity.h"
#include "features/activity/activity_store.h"

namespace picsharz::activity {

class ActivityService {
 public:
  explicit ActivityService(const Clock& clock) : clock_(clock) {}

  // Nothing where somebody would hear of himself.
  void record(db::Tx& tx, ActivityKind kind, AccountId actor, AccountId account, PhotoId photo = {},
              CommentId comment = {});
  // The oldest, removed: what one transaction took no other one sees.
  std::vector<Activity> take(db::Tx& tx, int most);
  // Whether there is something to take.
  bool any(db::Tx& tx) { return store_.any(tx); }
  // What nobody takes must not grow for ever: only the newest million are kept; how many went.
  std::int64_t prune(db::Tx& tx);

 private:
  const Clock& clock_;
  ActivityStore store_;
};

}  // namespace picsharz::activity
