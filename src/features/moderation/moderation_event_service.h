// Moderators are told in the page, at once, how many cases wait.
//
// What:      listens to the change log, so that it hears of a case whichever process opened it, and
//            publishes {"waiting"} as the event "moderation" to moderators alone.
// Threads:   called by the change log's thread.
// Failures:  those of the database are thrown; a page that comes asks for the number.
#pragma once

#include <span>

#include "db/change_log.h"
#include "features/events/event_service.h"
#include "features/moderation/moderation_service.h"

namespace picsharz::moderation {

class ModerationEventService final : public db::ChangeListener {
 public:
  ModerationEventService(ModerationService& moderation, events::EventService& events)
      : moderation_(moderation), events_(events) {}
  void changed(std::span<const db::Change> changes) override;
  void all_changed() override {}

 private:
  ModerationService& moderation_;
  events::EventService& events_;
};

}  // namespace picsharz::moderation
