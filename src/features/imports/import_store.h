// Rows of imports and of what became of each photo. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/page.h"
#include "db/database.h"
#include "features/imports/import.h"

namespace picsharz::imports {

class ImportStore {
 public:
  // In the place of the one before. False where that still runs.
  bool begin(db::Tx& tx, const Import& fresh);
  std::optional<Import> of_account(db::Tx& tx, AccountId account);
  std::optional<Import> find(db::Tx& tx, ImportId id);
  void set_counted(db::Tx& tx, ImportId id, ArchiveKind kind, std::int64_t photos);
  void set_tally(db::Tx& tx, const Import& import);  // people, likes, comments
  bool runs(db::Tx& tx, ImportId id);                // and its account is active
  // False where it does not run any more.
  bool end(db::Tx& tx, const Import& ended);

  // How many photos were looked at, and the last of them.
  std::optional<ImportItem> last(db::Tx& tx, ImportId id);
  void insert(db::Tx& tx, ImportId id, const ImportItem& item);
  // The avatar was not taken: in the place of what was said of it before.
  void note_avatar(db::Tx& tx, ImportId id, const ImportItem& item);
  void set_outcome(db::Tx& tx, ImportId id, std::int64_t number, Outcome outcome);
  // A photo of the account with these bytes that no other item of this import stands for.
  std::optional<PhotoId> known_photo(db::Tx& tx, const Import& import, std::string_view original);
  std::optional<PhotoId> photo_of(db::Tx& tx, ImportId id, std::string_view old_id);
  Page<ImportItem> refused(db::Tx& tx, ImportId id, const PageRequest& page);

  bool develops(db::Tx& tx, ImportId id);  // photos of it are not developed yet
  // A photo of somebody else, by its id and its owner, where this account may see it.
  bool is_visible(db::Tx& tx, AccountId account, PhotoId photo, std::string_view owner);
};

}  // namespace picsharz::imports
