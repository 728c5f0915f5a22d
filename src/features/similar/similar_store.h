// Rows of what photos are like, and of an owner's near duplicates. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/photo.h"
#include "features/similar/similar.h"

namespace picsharz::similar {

class SimilarStore {
 public:
  // In place of what was there of this photo.
  void put(db::Tx& tx, PhotoId id, std::string_view model, std::string_view embedding,
           const Sketch& sketch);
  // Whoever asks.
  std::optional<Traits> traits(db::Tx& tx, PhotoId id);

  // For memory: the codes of the newest `limit` published photos, in the order of their ids.
  void published(db::Tx& tx, int limit, FunctionRef<void(const Code&)> each);
  // The same of these photos, in no order.
  std::vector<Code> published(db::Tx& tx, std::span<const PhotoId> ids);
  // Of those that the viewer may see in a list, in no order.
  std::vector<Traits> listed(db::Tx& tx, const Viewer& viewer, std::span<const PhotoId> ids);

  // An owner's duplicates are found by one transaction after the other. Gives the owner.
  std::optional<AccountId> lock_owner(db::Tx& tx, PhotoId photo);
  // Codes of the owner's newest `limit` photos that are neither removed nor rejected.
  void own(db::Tx& tx, AccountId owner, int limit, FunctionRef<void(const Code&)> each);
  std::vector<Traits> traits(db::Tx& tx, std::span<const PhotoId> ids);
  void put_duplicate(db::Tx& tx, PhotoId newer, PhotoId older);
  void forget_duplicates(db::Tx& tx, PhotoId photo);
  bool owns(db::Tx& tx, AccountId owner, PhotoId photo);
  // The owner's photos that this one is said to repeat, oldest first; `owner` is whoever asks.
  std::vector<photos::PhotoView> duplicates(db::Tx& tx, AccountId owner, PhotoId photo, int limit);
};

}  // namespace picsharz::similar
