// What was removed as explicit does not come back, resized, recompressed, flipped or turned.
//
// Match:     a Hamming distance of at most 10 between the hash of a new picture, in one of its
//            eight flips and quarter turns, and a hash of the list. A linear scan: a million hashes
//            take milliseconds. Pictures of next to nothing, whose hash says too little, are
//            neither listed nor matched.
// Memory:    the hashes are kept, and read again when the list's version says so.
// Mistakes:  a match removes the photo and opens a case like any other: a moderator approves it,
// and
//            takes the hash off the list.
// Threads:   thread-safe.
// Failures:  values for what is wrong with a request; those of the database are thrown.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/moderation/blocklist_store.h"

namespace picsharz::moderation {

struct Imported {
  int added = 0;
  int known = 0;
};

class BlocklistService {
 public:
  BlocklistService(db::Database& database, IdSource& ids, const Clock& clock)
      : database_(database), ids_(ids), clock_(clock) {}

  bool recognises(std::uint64_t phash);
  // In the caller's transaction: a photo's hash is on the list, or it is not; unless another photo
  // with the same hash is removed as explicit, too.
  void set_photo(db::Tx& tx, PhotoId photo, bool blocked, std::optional<AccountId> by);

  Page<BlockedPicture> list(const PageRequest& page);  // newest first
  // Those that this photo matches.
  Result<std::vector<BlockedPicture>> matches(PhotoId photo);
  // The one that is there already, where it is.
  BlockedPicture add(const Viewer& viewer, std::uint64_t phash, std::string_view note);
  Result<void> remove(BlockId id);
  // One hash a line, and back; all or nothing.
  std::string export_text();
  Result<Imported> import_text(const Viewer& viewer, std::string_view text);

 private:
  using Hashes = std::vector<BlockedHash>;
  std::shared_ptr<const Hashes> current();
  void unblock_photo(db::Tx& tx, PhotoId photo);
  BlockedPicture new_entry(std::uint64_t phash, std::optional<AccountId> by, std::string_view note);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  BlocklistStore rows_;
  std::mutex mutex_;
  std::int64_t version_ = -1;
  std::shared_ptr<const Hashes> hashes_;
};

}  // namespace picsharz::moderation
