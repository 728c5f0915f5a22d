// Whoever has a photo's page open hears of its comments at once.
//
// What:      listens to the change log, so that it hears of a change whichever process made it, and
//            publishes {"photo", "comments", "allowed"} as the event "comments" to those who watch
//            the photo. No text: what each of them may read they ask for. It also decides who may
//            watch a photo: who sees its comments.
// Threads:   changed() by the change log's thread; allowed() by any.
// Failures:  those of the database are thrown; a page that comes asks anyway.
#pragma once

#include <span>
#include <vector>

#include "db/change_log.h"
#include "features/comments/comment_service.h"
#include "features/events/event_service.h"

namespace picsharz::comments {

class CommentEventService final : public db::ChangeListener, public events::WatchPolicy {
 public:
  CommentEventService(db::Database& database, events::EventService& events)
      : database_(database), events_(events) {}
  void changed(std::span<const db::Change> changes) override;
  void all_changed() override {}
  std::vector<bool> allowed(std::span<const events::Watch> watches) override;

 private:
  db::Database& database_;
  events::EventService& events_;
  CommentStore rows_;
};

}  // namespace picsharz::comments
