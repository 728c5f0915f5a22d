// Rows of collections and of the photos in them. No rules, no clock.
//
// What:      whoever changes what is in a collection calls hold() first: its row is his until the
//            transaction ends.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/collections/collection.h"

namespace picsharz::collections {

class CollectionStore {
 public:
  // False where the owner has `most` already.
  bool insert(db::Tx& tx, const Collection& collection, int most);
  // Those that the viewer may see: the rules of a photo's visibility, without a cover.
  std::optional<CollectionView> find(db::Tx& tx, AccountId viewer, CollectionId id);
  // Newest first; never the saved one.
  std::vector<CollectionView> of_owner(db::Tx& tx, AccountId viewer, AccountId owner,
                                       std::optional<CollectionId> before, int limit);
  // All of one's own but the saved one.
  std::vector<OwnCollection> around(db::Tx& tx, AccountId owner, PhotoId photo);
  void set(db::Tx& tx, const Collection& collection);
  void remove(db::Tx& tx, CollectionId id);

  // False where it is somebody else's, or gone.
  bool hold(db::Tx& tx, CollectionId id, AccountId owner, Micros now);
  // The saved one, made with the id of `fresh` where there is none; held.
  CollectionId hold_saved(db::Tx& tx, const Collection& fresh);
  std::optional<CollectionId> find_saved(db::Tx& tx, AccountId owner);

  int count(db::Tx& tx, CollectionId id);
  bool holds(db::Tx& tx, CollectionId id, PhotoId photo);
  // Which of these.
  std::vector<PhotoId> held(db::Tx& tx, CollectionId id, std::span<const PhotoId> photos);
  void append(db::Tx& tx, CollectionId id, PhotoId photo);
  void prepend(db::Tx& tx, CollectionId id, PhotoId photo);
  void take_out(db::Tx& tx, CollectionId id, PhotoId photo);
  // In their order: the key is the place.
  std::vector<Position> photos(db::Tx& tx, CollectionId id, std::optional<Position> after,
                               int limit);
  void set_place(db::Tx& tx, CollectionId id, PhotoId photo, std::int64_t place);
};

}  // namespace picsharz::collections
