// Whom a member may want to follow: people followed by those he follows, people who upload what he
// likes, and where that is not enough those who uploaded lately.
//
// What:      computed when it is asked for, from a bounded number of rows.
// Threads:   thread-safe.
#pragma once

#include <vector>

#include "base/viewer.h"
#include "db/database.h"
#include "features/suggestions/suggestion_store.h"

namespace picsharz::suggestions {

class SuggestionService {
 public:
  explicit SuggestionService(db::Database& database) : database_(database) {}

  // The best first.
  std::vector<Suggestion> suggest(const Viewer& viewer, int limit);

 private:
  Hints gather(db::Tx& tx, const Viewer& viewer);

  db::Database& database_;
  SuggestionStore store_;
};

}  // namespace picsharz::suggestions
