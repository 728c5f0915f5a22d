// What dashboards read of other features' rows: popular photos and people, and how long moderators
// took.
//
// Privacy:   photos that everybody may see, and people who show themselves to everybody.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "db/database.h"
#include "features/analytics/analytics.h"

namespace picsharz::analytics {

// A case that was closed, and how long it had been open.
struct CaseDelay {
  Micros closed_at = 0;
  Micros waited = 0;
};

class RowStore {
 public:
  // By views, then likes, of the range; the most first. Which of as many views: see the source.
  std::vector<PopularPhoto> popular_photos(db::Tx& tx, Micros from, Micros to, int count);
  // By the views of their photos on days on which they were among the most popular.
  std::vector<PopularPerson> popular_people(db::Tx& tx, Micros from, Micros to, int count);
  void each_delay(db::Tx& tx, Micros from, Micros to, FunctionRef<void(const CaseDelay&)> each);

 private:
  std::vector<PhotoId> candidates(db::Tx& tx, Micros from, Micros to, int count);
  // Of these, the ones that everybody may see, in their order.
  std::vector<PhotoId> open_photos(db::Tx& tx, std::span<const PhotoId> ids);
  std::vector<AccountId> open_people(db::Tx& tx, std::span<const AccountId> ids);
};

}  // namespace picsharz::analytics
