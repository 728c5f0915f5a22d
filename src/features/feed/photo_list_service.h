// Photos of a tag, and those that somebody liked.
//
// What:      a list holds places of photos in every state; of these only what the viewer may see is
//            given. How many places one request looks at is bounded, so that a page may be short
//            where much is hidden; its cursor goes on behind what was looked at.
// Threads:   thread-safe.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
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
  using Places = FunctionRef<std::vector<Position>(std::optional<Position> after, int limit)>;
  cards::CardPage collect(db::Tx& tx, const Viewer& viewer, const PageRequest& request,
                          Places places);

  db::Database& database_;
  cards::CardService& cards_;
  PhotoListStore lists_;
};

}  // namespace picsharz::feed
