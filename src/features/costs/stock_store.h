// What stands in rows and costs something: people, photos, bytes, and what was counted of a month.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "features/costs/metering.h"
#include "features/usage/usage.h"
#include "features/usage/usage_store.h"

namespace picsharz::costs {

class StockStore {
 public:
  // When the instance began: its first account or the first day of which something was counted,
  // whichever is earlier, since an account can be erased. `now` where there is neither.
  Micros began(db::Tx& tx, Micros now);
  // Members who are not deleted, published photos, administrators.
  Stock counts(db::Tx& tx);
  // The same before `to`, as they were counted last; what nobody counted is not known. The
  // administrators are those of now.
  Stock counts_before(db::Tx& tx, Micros to);
  // Adds the bytes of originals and renditions; reads every row of them.
  void weigh(db::Tx& tx, Stock& stock);
  // The kinds of use that are billed, by day; from (in) to (out).
  std::vector<usage::Counted> counted(db::Tx& tx, Micros from, Micros to);
  // What lay there on the newest measured day of the two before `at`; empty: nobody measured.
  std::vector<usage::Counted> stored_before(db::Tx& tx, Micros at);
  // Members who were here in the 30 days that end with the last counted day of these. Where
  // `now` is before `to`, those who were here today are counted at least.
  std::int64_t active(db::Tx& tx, Micros from, Micros to, Micros now);

 private:
  usage::UsageStore usage_;
};

}  // namespace picsharz::costs
