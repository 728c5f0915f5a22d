// Which photos and people a query finds. It reads the index that db/search_index.h writes.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/account.h"

namespace picsharz::search {

class SearchStore {
 public:
  // `query`: of SearchIndex::query. Photos that the viewer may see, newest first.
  std::vector<PhotoId> photos(db::Tx& tx, const Viewer& viewer, const std::string& query,
                              std::optional<PhotoId> before, int limit);
  // Active accounts that have not blocked the viewer, most followed first.
  std::vector<accounts::Account> people(db::Tx& tx, const Viewer& viewer, const std::string& query,
                                        std::optional<Position> after, int limit);
};

}  // namespace picsharz::search
