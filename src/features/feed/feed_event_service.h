// Whoever looks hears of new photos of the people they follow.
//
// What:      listens to the change log, so that it hears of a photo whichever process published it,
//            and publishes {"photos": [ids]} as the event "feed" to those of its owner's followers
//            who listen and whose home feed it is in. A photo that is changed again may be told
//            again: a page knows what it shows. One statement for a batch of changes, however many
//            follow: those who do not listen cost nothing.
// Threads:   changed() by the change log's thread.
// Failures:  those of the database are thrown; a page that comes asks anyway.
#pragma once

#include <span>

#include "db/change_log.h"
#include "features/events/event_service.h"
#include "features/feed/feed_store.h"

namespace picsharz::feed {

class FeedEventService final : public db::ChangeListener {
 public:
  FeedEventService(db::Database& database, events::EventService& events)
      : database_(database), events_(events) {}
  void changed(std::span<const db::Change> changes) override;
  void all_changed() override {}

 private:
  db::Database& database_;
  events::EventService& events_;
  FeedStore rows_;
};

}  // namespace picsharz::feed
