// What an account is told in the app: the list, the count of what is new, and marking it as read.
//
// What:      a notification gathers what several people did ("Mei and 4 others liked your photo").
//            Who took it back, is blocked, muted or suspended counts no longer, at once
//            (notification_truth.h); one that nobody stands behind is not there. So it is with one
//            of a photo that the account may no longer see.
// Bounds:    the newest 1,000 of an account, for 90 days; up to 1,000 people each; the count of
//            what is new stops at 100.
// Threads:   thread-safe; decided() works in the caller's transaction.
// Failures:  not_found for a notification of somebody else; those of the database are thrown.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/notifications/notification_store.h"

namespace picsharz::notifications {

class NotificationService {
 public:
  NotificationService(db::Database& database, IdSource& ids, const Clock& clock)
      : database_(database), ids_(ids), clock_(clock) {}

  Page<Notification> list(const Viewer& viewer, const PageRequest& page);
  int unread(AccountId account);
  // That one, or it and all that stand below it in the list; what is unread then.
  Result<int> read(const Viewer& viewer, NotificationId id, bool and_older);

  // A moderator decided about the owner's photo, or their comment under that photo. `topic`: the
  // decision's id; the same again is the same notification.
  void decided(db::Tx& tx, AccountId owner, PhotoId photo, std::int64_t topic,
               const Ruling& ruling);

  // Removes some that are older than 90 days; how many. To be called until none are left.
  int prune();

 private:
  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  NotificationStore rows_;
};

}  // namespace picsharz::notifications
