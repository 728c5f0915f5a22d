// What the instance costs: a month as it was used, at the prices of both books; the books; and
// projections.
//
// Prices:    an administrator edits a book from the version that was seen; every edit is kept with
//            who, when and why. A month is always priced at the prices of now: which version that
//            is stands in the answer.
// People:    members and photos of a month that is over are those of its end, as the summary of the
//            dashboards counted them. Nobody counted administrators: they are always those of now.
// Threads:   thread-safe.
// Failures:  those of the database.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/costs/metering.h"
#include "features/costs/price_book.h"
#include "features/costs/price_store.h"
#include "features/costs/projection.h"
#include "features/costs/stock_store.h"
#include "features/usage/usage.h"

namespace picsharz::costs {

class CostService {
 public:
  CostService(db::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // "2026-11", or "" for the one that it is. invalid_month.
  Result<MonthCosts> month(std::string_view name);

  PricesNow prices(Book book);
  std::vector<PriceEdit> edits(Book book);  // newest first, 100 at most
  // Changes what is different. prices_changed: somebody was faster than `seen`.
  Result<PricesNow> set_prices(const Viewer& by, Book book, std::int64_t seen,
                               std::string_view note, std::span<const PriceChange> wanted);

  Projection projection(const Assumptions& assumed);

 private:
  MonthCosts read(db::Tx& tx, const Period& period);
  void weigh(db::Tx& tx, Micros from, std::vector<usage::Counted>& used, Stock& stock);

  db::Database& database_;
  const Clock& clock_;
  PriceStore prices_;
  StockStore rows_;
};

}  // namespace picsharz::costs
