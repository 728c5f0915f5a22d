#include "features/feed/photo_list_service.h"

#include "features/cards/card_walk_service.h"
#include "features/photos/photo_edit_rules.h"

namespace picsharz::feed {

cards::CardPage PhotoListService::tagged(const Viewer& viewer, std::string_view tag,
                                         const PageRequest& request) {
  const std::string wanted = photos::normalize_tag(tag);
  return database_.read([&](db::Tx& tx) {
    return cards::walk_places(tx, cards_, viewer, request,
                              [&](std::optional<Position> after, int limit) {
                                return lists_.tagged(tx, wanted, after, limit);
                              });
  });
}

cards::CardPage PhotoListService::liked(const Viewer& viewer, const PageRequest& request) {
  return database_.read([&](db::Tx& tx) {
    return cards::walk_places(tx, cards_, viewer, request,
                              [&](std::optional<Position> after, int limit) {
                                return lists_.liked(tx, viewer.account, after, limit);
                              });
  });
}

}  // namespace picsharz::feed
