// Rows of the blocklist. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "features/moderation/blocklist.h"

namespace picsharz::moderation {

struct BlockedHash {
  BlockId id;
  std::uint64_t phash = 0;
};

struct RemovedPhoto {
  PhotoId id;
  std::optional<AccountId> by;  // nullopt: the classifier
};

class BlocklistStore {
 public:
  // Grows with every change.
  std::int64_t version(db::Tx& tx);
  std::vector<BlockedHash> hashes(db::Tx& tx);
  // False where the hash is there already.
  bool insert(db::Tx& tx, const BlockedPicture& picture);
  bool remove(db::Tx& tx, BlockId id);
  // Until the transaction ends nobody else puts photos on the list or takes them off.
  void lock(db::Tx& tx);
  bool remove_of(db::Tx& tx, PhotoId photo);
  // The oldest other photo with this one's hash that is removed for one of these reasons. Few are
  // looked at: all that a decision stands about.
  std::optional<RemovedPhoto> removed_twin(db::Tx& tx, PhotoId photo,
                                           std::span<const std::string_view, 4> reasons);
  std::optional<BlockedPicture> find(db::Tx& tx, std::uint64_t phash);
  std::optional<BlockedPicture> find(db::Tx& tx, BlockId id);
  std::vector<BlockedPicture> list(db::Tx& tx, BlockId before, int limit);  // newest first
  // NULL for a photo that was not developed, or of an older version.
  std::optional<std::uint64_t> phash(db::Tx& tx, PhotoId photo);
};

}  // namespace picsharz::moderation
