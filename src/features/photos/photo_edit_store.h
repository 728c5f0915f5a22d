// Rows of a photo as its owner edits and deletes them, and of its page. No rules, no clock.
//
// What:      an edit keeps together what belongs together: the row, photo_tags, the search index.
//            erase() removes every row about a photo and what is counted of it.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/viewer.h"
#include "db/database.h"
#include "db/search_index.h"
#include "features/photos/photo_edit.h"
#include "features/photos/photo_store.h"

namespace picsharz::photos {

class PhotoEditStore {
 public:
  // Whose photo it is, where the viewer may see it.
  std::optional<AccountId> visible_owner(db::Tx& tx, const Viewer& viewer, PhotoId id);
  // Keeps the row from changing or going until the transaction ends. False: there is none.
  bool lock(db::Tx& tx, PhotoId id);
  // Its owner's own view.
  std::optional<PhotoView> find_own(db::Tx& tx, AccountId owner, PhotoId id);
  PhotoDetails details(db::Tx& tx, PhotoId id);

  // A change of visibility makes every address of its pictures invalid.
  void edit(db::Tx& tx, PhotoId id, const PhotoEdit& edit);
  void set_metadata(db::Tx& tx, PhotoId id, const PhotoMetadata& metadata);

  std::vector<std::string> tags(db::Tx& tx, PhotoId id);
  std::vector<std::string> shown_labels(db::Tx& tx, PhotoId id);  // strongest first
  bool has_label(db::Tx& tx, PhotoId id, std::string_view name);
  // In the order they are shown.
  void set_tags(db::Tx& tx, PhotoId id, std::span<const std::string> tags);
  void reindex(db::Tx& tx, PhotoId id);  // where it is published

  // Call lock() before.
  void erase(db::Tx& tx, PhotoId id);

 private:
  PhotoStore photos_;
  db::SearchIndex search_;
};

}  // namespace picsharz::photos
