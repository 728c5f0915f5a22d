// Collections: named, ordered, as visible as their owner wants; and the private one of what
//            somebody saved.
//
// What:      a collection is seen by the rules of a photo, and shows of its photos what the viewer
//            may see of them. Whoever may see a photo may put it into a collection of his own.
// Threads:   thread-safe.
// Failures:  not_found for what the viewer may not see; forbidden where he sees it and it is not
//            his; conflict where a bound is reached, and where the saved one would be changed.
#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "features/cards/card_service.h"
#include "features/collections/collection_store.h"
#include "features/follows/follow_service.h"

namespace picsharz::collections {

class CollectionService {
 public:
  CollectionService(db::Database& database, follows::FollowService& follows,
                    cards::CardService& cards, IdSource& ids, const Clock& clock)
      : database_(database), follows_(follows), cards_(cards), ids_(ids), clock_(clock) {}

  Result<CollectionView> create(const Viewer& viewer, const CollectionEdit& wanted);
  Result<CollectionView> find(const Viewer& viewer, CollectionId id);
  // Newest first, each with its cover.
  Result<Page<CollectionView>> of_owner(const Viewer& viewer, std::string_view handle,
                                        const PageRequest& request);
  Result<CollectionView> edit(const Viewer& viewer, CollectionId id, const CollectionEdit& edit);
  Result<void> remove(const Viewer& viewer, CollectionId id);

  // In the collection's order.
  Result<cards::CardPage> photos(const Viewer& viewer, CollectionId id, const PageRequest& request);
  // To the end; where it is there already it stays where it is.
  Result<void> add(const Viewer& viewer, CollectionId id, PhotoId photo);
  Result<void> take_out(const Viewer& viewer, CollectionId id, PhotoId photo);
  // These first and in this order; the others behind them, as they were.
  Result<void> order(const Viewer& viewer, CollectionId id, std::span<const PhotoId> photos);

  // One's own, beside a photo that one may see.
  Result<OwnCollections> around(const Viewer& viewer, PhotoId photo);
  Result<void> save(const Viewer& viewer, PhotoId photo, bool saved);
  // What one saved, newest first.
  cards::CardPage saved(const Viewer& viewer, const PageRequest& request);
  // Which of these one saved, in no order; it says nothing about whether they may still be seen.
  std::vector<PhotoId> saved_among(const Viewer& viewer, std::span<const PhotoId> photos);

 private:
  // The viewer's own, which he may change.
  Result<CollectionView> own(db::Tx& tx, const Viewer& viewer, CollectionId id);
  Result<void> check_visible(db::Tx& tx, const Viewer& viewer, PhotoId photo);
  void find_covers(db::Tx& tx, const Viewer& viewer, std::span<CollectionView> views);
  cards::CardPage walk(db::Tx& tx, const Viewer& viewer, CollectionId id,
                       const PageRequest& request);

  db::Database& database_;
  follows::FollowService& follows_;
  cards::CardService& cards_;
  IdSource& ids_;
  const Clock& clock_;
  CollectionStore collections_;
};

}  // namespace picsharz::collections
