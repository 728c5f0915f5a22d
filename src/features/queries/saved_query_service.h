// Questions that are kept: those that are shipped, and those that administrators add.
//
// Threads:   thread-safe.
// Failures:  `too_many_queries` at 200 of one's own; `not_found`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "db/database.h"
#include "features/queries/query.h"
#include "features/queries/query_store.h"

namespace picsharz::queries {

struct QueryChange {
  std::optional<std::string> name{};
  std::optional<std::string> sql{};
  std::optional<Chart> chart{};
};

class SavedQueryService {
 public:
  SavedQueryService(db::Database& database, IdSource& ids, const Clock& clock)
      : database_(database), ids_(ids), clock_(clock) {}

  // The shipped ones first.
  std::vector<SavedQuery> list();
  Result<SavedQuery> add(SavedQuery query);
  Result<SavedQuery> change(QueryId id, const QueryChange& change);
  Result<void> remove(QueryId id);

 private:
  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  QueryStore store_;
};

}  // namespace picsharz::queries
