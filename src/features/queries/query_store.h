// Rows of saved questions.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "features/queries/query.h"

namespace picsharz::queries {

class QueryStore {
 public:
  // False where there are `most` already.
  bool insert(db::Tx& tx, const SavedQuery& query, int most);
  std::vector<SavedQuery> all(db::Tx& tx);  // the oldest first
  std::optional<SavedQuery> find(db::Tx& tx, QueryId id);
  void set(db::Tx& tx, const SavedQuery& query);
  bool remove(db::Tx& tx, QueryId id);
};

}  // namespace picsharz::queries
