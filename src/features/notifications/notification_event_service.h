// Tells open pages, at once, how much is new for the account that looks.
//
// What:      listens to the change log, so that it hears of what any process took, and publishes
//            {"unread"} as the event "notification" to that account alone.
// Threads:   called by the change log's thread.
// Failures:  those of the database are thrown; the log tells again.
#pragma once

#include <span>

#include "db/change_log.h"
#include "features/events/event_service.h"
#include "features/notifications/notification_service.h"

namespace picsharz::notifications {

class NotificationEventService final : public db::ChangeListener {
 public:
  NotificationEventService(NotificationService& notifications, events::EventService& events)
      : notifications_(notifications), events_(events) {}
  void changed(std::span<const db::Change> changes) override;
  void all_changed() override {}

 private:
  NotificationService& notifications_;
  events::EventService& events_;
};

}  // namespace picsharz::notifications
