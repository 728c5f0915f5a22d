// Feeds, pulled when they are read: a new follow shows the past, an unfollow hides at once.
//
// Threads:   thread-safe.
#pragma once

#include "features/cards/card_service.h"
#include "features/feed/feed_store.h"

namespace picsharz::feed {

class FeedService {
 public:
  FeedService(db::Database& database, cards::CardService& cards)
      : database_(database), cards_(cards) {}

  // The people whom the viewer follows and has not muted, newest first.
  cards::CardPage home(const Viewer& viewer, const PageRequest& page);
  // Everybody's public photos, newest first.
  cards::CardPage recent(const Viewer& viewer, const PageRequest& page);

 private:
  db::Database& database_;
  cards::CardService& cards_;
  FeedStore feeds_;
};

}  // namespace picsharz::feed
