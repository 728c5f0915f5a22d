// The queries behind cards: photos with their owner and the viewer's like, through the one
// visibility predicate. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/photo.h"
#include "features/photos/photo_edit.h"

namespace picsharz::cards {

class CardStore {
 public:
  // In any state that the viewer may see.
  std::optional<photos::PhotoView> find(db::Tx& tx, const Viewer& viewer, PhotoId id);
  // What its page says beyond the card. Ask find() first: this asks for no permission.
  photos::PhotoDetails details(db::Tx& tx, PhotoId id);
  // Of a moderator at what was not shared with him.
  void record_look(db::Tx& tx, std::int64_t id, AccountId viewer, const photos::Photo& photo,
                   Micros now);
  // What a search may find of them, in no order.
  std::vector<photos::PhotoView> found(db::Tx& tx, const Viewer& viewer,
                                       std::span<const PhotoId> ids);
  // Published ones that the viewer may see, in no order.
  std::vector<photos::PhotoView> listed(db::Tx& tx, const Viewer& viewer,
                                        std::span<const PhotoId> ids);
  // Of photos that exist, in the order of `ids`; 0 of one that does not.
  std::vector<photos::PhotoCounts> counts(db::Tx& tx, AccountId viewer,
                                          std::span<const PhotoId> ids);
  // One member's, newest first.
  std::vector<PhotoId> of_owner(db::Tx& tx, const Viewer& viewer, AccountId owner,
                                std::optional<PhotoId> before, int limit);
};

}  // namespace picsharz::cards
