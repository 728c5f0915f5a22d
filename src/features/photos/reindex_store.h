// How far the walk is that indexes everything anew, and what it comes to next.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "db/database.h"
#include "features/photos/photo_store.h"

namespace picsharz::photos {

struct NamedAccount {
  AccountId id;
  std::string handle;
  std::string name;
  bool operator==(const NamedAccount&) const = default;
};

struct DocumentRow {
  std::int64_t doc = 0;
  PhotoId photo;
};

struct IndexWalk {
  AccountId account;     // the next one has a greater id
  std::int64_t doc = 0;  // the next photo has a smaller number
};

class ReindexStore {
 public:
  std::optional<IndexWalk> walk(db::Tx& tx);
  void set_walk(db::Tx& tx, const std::optional<IndexWalk>& walk);

  std::vector<NamedAccount> accounts(db::Tx& tx, AccountId after, int limit);
  std::vector<DocumentRow> documents(db::Tx& tx, std::int64_t below, int limit);
  // In every state.
  std::vector<PhotoStateRow> photos(db::Tx& tx, PhotoId after, int limit);

  std::optional<NamedAccount> renamed(db::Tx& tx);
  std::vector<PhotoId> indexed(db::Tx& tx, AccountId owner, PhotoId after, int limit);
  // False where the name changed again meanwhile.
  bool end_renaming(db::Tx& tx, const NamedAccount& account);
};

}  // namespace picsharz::photos
