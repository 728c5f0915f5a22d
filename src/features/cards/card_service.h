// Cards: what photos look like on a screen to one viewer. The read model of every page with photos.
//
// What:      hydrates photo ids, in their order, into PhotoViews (photo, owner, liked), through the
//            one visibility predicate: an id that the viewer may not see is left out.
// Threads:   thread-safe; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/photo_json.h"

namespace picsharz::cards {

class CardService {
 public:
  // One photo in any state that the viewer may see.
  std::optional<photos::PhotoView> find(db::Tx& tx, const Viewer& viewer, PhotoId id);
  // Published ones of a list, in the order of `ids`; at most limits::page_max.
  std::vector<photos::PhotoView> hydrate(db::Tx& tx, const Viewer& viewer,
                                         std::span<const PhotoId> ids);
};

}  // namespace picsharz::cards
