// Takes what people did out of the outbox of activities and makes notifications of it.
//
// What:      a thread looks once a second. A batch is one transaction: what is taken is removed
//            with it, so that each activity is told once, however many processes take and wherever
//            one of them dies. Then mails that are due are posted (NotificationMailService).
//            Nothing waits for it; after a batch it rests nine times as long as that took, so that
//            a storm of likes keeps the database for itself.
// Idle:      three reads of an empty index a second.
// Threads:   start(), stop() from one thread; take() and round() from any.
// Failures:  those of the database are thrown; the thread goes on and logs the first of a row.
#pragma once

#include <thread>

#include "base/clock.h"
#include "base/ids.h"
#include "base/rest.h"
#include "db/database.h"
#include "features/activity/activity_service.h"
#include "features/notifications/notification_mail_service.h"
#include "features/notifications/notification_store.h"
#include "features/notifications/preference_store.h"

namespace picsharz::notifications {

class TakerService {
 public:
  TakerService(db::Database& database, IdSource& ids, const Clock& clock,
               activity::ActivityService& activity, NotificationMailService& mails)
      : database_(database), ids_(ids), clock_(clock), activity_(activity), mails_(mails) {}
  ~TakerService();
  TakerService(const TakerService&) = delete;
  TakerService& operator=(const TakerService&) = delete;

  void start();
  void stop();
  // One batch, one transaction; how many activities.
  int take();
  // All that waits, and all mails that are due; the thread's work, and a test's.
  void round();

 private:
  void run();
  // Whether something new is seen in the app.
  bool tell(db::Tx& tx, const News& news, const Preferences& preferences);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  activity::ActivityService& activity_;
  NotificationMailService& mails_;
  NotificationStore rows_;
  PreferenceStore preferences_;
  Rest rest_;
  std::thread thread_;
};

}  // namespace picsharz::notifications
