// Photos of a tag, and those that somebody liked; of these only what the viewer may see.
//
// Threads:   thread-safe.
#pragma once

#include <string_view>

#include "features/cards/card_service.h"
#include "features/feed/photo_list_store.h"

namespace picsharz::feed {

class PhotoListService {
 public:
  PhotoListService(db::Database& database, cards::CardService& cards)
      : database_(database), cards_(cards) {}

  // Newest photo first. `tag` as a person types it.
  cards::CardPage tagged(const Viewer& viewer, std::string_view tag, const PageRequest& request);
  // The viewer's own likes, newest first.
  cards::CardPage liked(const Viewer& viewer, const PageRequest& request);

 private:
  db::Database& database_;
  cards::CardService& cards_;
  PhotoListStore lists_;
};

}  // namespace picsharz::feed
