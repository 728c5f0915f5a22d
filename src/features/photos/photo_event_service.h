// Tells the owner of a photo, while he looks, what becomes of it.
//
// What:      listens to the change log, so that it hears of a change whichever process made it, and
//            publishes {"id", "state", "reason"} as the event "photo" to the owner alone.
// Threads:   called by the change log's thread.
// Failures:  those of the database are thrown; what could not be told is told by asking again: the
//            page looks now and then.
#pragma once

#include <span>

#include "db/change_log.h"
#include "features/events/event_service.h"
#include "features/photos/photo_store.h"

namespace picsharz::photos {

class PhotoEventService final : public db::ChangeListener {
 public:
  PhotoEventService(db::Database& database, events::EventService& events)
      : database_(database), events_(events) {}
  void changed(std::span<const db::Change> changes) override;
  void all_changed() override {}

 private:
  db::Database& database_;
  events::EventService& events_;
  PhotoStore photos_;
};

}  // namespace picsharz::photos
