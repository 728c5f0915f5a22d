// Rows of exports, and what goes into one. No rules, no clock.
//
// What:      whatever is read for the archive is read as its owner sees it: other people's photos
//            through the one predicate, other people's comments as they are shown to him.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "features/exports/export.h"

namespace picsharz::exports {

class ExportStore {
 public:
  // In the place of the one before. False where that is still being made.
  bool begin(db::Tx& tx, const Export& fresh);
  std::optional<Export> of_account(db::Tx& tx, AccountId account);
  std::optional<Export> find(db::Tx& tx, ExportId id);
  void set_progress(db::Tx& tx, ExportId id, std::int64_t photos, std::int64_t done);
  void add_photos(db::Tx& tx, ExportId id, std::span<const PhotoId> photos);
  void forget_photos(db::Tx& tx, ExportId id);
  // False where it is not being made any more.
  bool set_ready(db::Tx& tx, const Export& made);
  bool set_failed(db::Tx& tx, ExportId id);
  bool is_outdated(db::Tx& tx, ExportId id);  // something it shows is gone
  std::vector<ExportId> expired(db::Tx& tx, Micros now, int limit);
  bool remove(db::Tx& tx, ExportId id);

  struct Progress {
    std::int64_t photos = 0;
    std::int64_t done = 0;
  };
  Progress progress(db::Tx& tx, AccountId account);
  // Of its photos, hashes of originals whose checksum is to be made.
  std::vector<std::string> unchecked(db::Tx& tx, AccountId account, int limit);

  // All of these: behind the last one, in the order of their ids.
  std::vector<ExportedPhoto> photos(db::Tx& tx, AccountId account, PhotoId after, int limit);
  std::vector<ExportedLike> likes(db::Tx& tx, AccountId account, PhotoId after, int limit);
  std::vector<ExportedComment> comments(db::Tx& tx, AccountId account, CommentId after, int limit);
  std::vector<ExportedPerson> people(db::Tx& tx, AccountId account, Relationship how,
                                     AccountId after, int limit);
  std::vector<ExportedCollection> collections(db::Tx& tx, AccountId account);
  std::vector<PhotoReference> collected(db::Tx& tx, AccountId account, std::int64_t collection);
};

}  // namespace picsharz::exports
