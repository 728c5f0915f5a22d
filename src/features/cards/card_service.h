// Cards: what photos look like on a screen to one viewer. The read model of every page with photos.
//
// What:      hydrates photo ids, in their order, into PhotoViews (photo, owner, liked), through the
//            one visibility predicate: an id that the viewer may not see is left out.
// Threads:   thread-safe; the methods with a Tx work in the caller's transaction.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/cards/card.h"
#include "features/cards/card_store.h"
#include "features/follows/follow_service.h"
#include "features/photos/photo_edit.h"

namespace picsharz::cards {

using CardPage = Page<photos::PhotoView>;

class CardService {
 public:
  CardService(db::Database& database, follows::FollowService& follows,
              const photos::MediaSigner& signer, IdSource& ids, const Clock& clock)
      : database_(database), follows_(follows), signer_(signer), ids_(ids), clock_(clock) {}

  // One photo in any state that the viewer may see.
  Result<photos::PhotoView> find(const Viewer& viewer, PhotoId id);
  // The same with what its page says beyond the card. A look that only a moderator's role allows is
  // recorded before it is answered.
  Result<photos::PhotoPage> find_page(const Viewer& viewer, PhotoId id);
  // One member's published photos, newest first.
  Result<CardPage> of_owner(const Viewer& viewer, std::string_view handle, const PageRequest& page);

  // Published ones of a list, in the order of `ids`; at most limits::page_max.
  std::vector<photos::PhotoView> hydrate(db::Tx& tx, const Viewer& viewer,
                                         std::span<const PhotoId> ids);
  // The same for what a search found: one's own that wait to be published, too.
  std::vector<photos::PhotoView> hydrate_found(db::Tx& tx, const Viewer& viewer,
                                               std::span<const PhotoId> ids);
  // The same for a list that was asked for one id more than `limit`: that one only says that there
  // is a next page.
  CardPage page(db::Tx& tx, const Viewer& viewer, std::vector<PhotoId> ids, int limit);

  // Cards to be shared, of published photos that the viewer may see, in no order.
  std::vector<std::shared_ptr<const Card>> cards(db::Tx& tx, const Viewer& viewer,
                                                 std::span<const PhotoId> ids);
  // Fills in what changes with the people who look. Of photos that the viewer may see: this asks
  // for no permission.
  void count(db::Tx& tx, const Viewer& viewer, std::vector<CardLine>& lines);
  CardLines lines(CardPage page) const;

 private:
  void record_look(const Viewer& viewer, const photos::Photo& photo);

  db::Database& database_;
  follows::FollowService& follows_;
  const photos::MediaSigner& signer_;
  IdSource& ids_;
  const Clock& clock_;
  CardStore cards_;
};

// Where a page of photos begins: after the id of the last one.
inline std::optional<PhotoId> before_of(const PageRequest& page) {
  return page.after ? std::optional(PhotoId{page.after->id}) : std::nullopt;
}

}  // namespace picsharz::cards
