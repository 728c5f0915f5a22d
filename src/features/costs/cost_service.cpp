#include "features/costs/cost_service.h"

#include <algorithm>
#include <utility>

#include "features/costs/metering_rules.h"
#include "features/costs/projection_rules.h"

namespace picsharz::costs {

namespace {

constexpr int edits_shown = 100;

bool weighed(std::span<const usage::Counted> counted) {
  return std::ranges::find(counted, "storage", &usage::Counted::kind) != counted.end();
}

}  // namespace

// Until a month is measured for the first time, what lies there is what lay there at the end of the
// one before. Only a fresh instance, of few rows, adds them up.
void CostService::weigh(db::Tx& tx, Micros from, std::vector<usage::Counted>& used, Stock& stock) {
  const auto before = rows_.stored_before(tx, from);
  if (before.empty()) {
    rows_.weigh(tx, stock);
  } else {
    used.insert(used.end(), before.begin(), before.end());
  }
}

MonthCosts CostService::read(db::Tx& tx, const Period& period) {
  MonthCosts costs{.period = period};
  const bool over = period.until == period.to;
  auto used = rows_.counted(tx, period.from, period.to);
  // Rows are of now: they say nothing of a month that is over.
  costs.stock = over ? rows_.counts_before(tx, period.to) : rows_.counts(tx);
  costs.stock.active = rows_.active(tx, period.from, period.to, period.until);
  if (!over && !weighed(used)) weigh(tx, period.from, used, costs.stock);
  costs.use = use_of_month(period, used, costs.stock);
  for (const Book book : both_books) {
    const PricesNow now = prices_.now(tx, book, first_prices(book));
    const Bill bill = price(costs.use.billed, now.prices);
    costs.bills[static_cast<std::size_t>(book)] = {.book = book,
                                                   .version = now.version,
                                                   .bill = bill,
                                                   .shares = shares_of(bill.total, costs.stock)};
  }
  return costs;
}

Result<MonthCosts> CostService::month(std::string_view name) {
  const Micros now = clock_.now();
  return database_.read([&](db::Tx& tx) -> Result<MonthCosts> {
    TRY_ASSIGN(const Period period, period_of(name, rows_.began(tx, now), now));
    MonthCosts costs = read(tx, period);
    costs.updated_at = now;
    return costs;
  });
}

PricesNow CostService::prices(Book book) {
  return database_.read([&](db::Tx& tx) { return prices_.now(tx, book, first_prices(book)); });
}

std::vector<PriceEdit> CostService::edits(Book book) {
  return database_.read([&](db::Tx& tx) { return prices_.edits(tx, book, edits_shown); });
}

Result<PricesNow> CostService::set_prices(const Viewer& by, Book book, std::int64_t seen,
                                          std::string_view note,
                                          std::span<const PriceChange> wanted) {
  const Micros now = clock_.now();
  return database_.write([&](db::Tx& tx) -> Result<PricesNow> {
    const PricesNow before = prices_.now(tx, book, first_prices(book));
    std::vector<PriceChange> changes;
    for (const PriceChange& each : wanted) {
      if (each.amount != before.prices[each.price]) changes.push_back(each);
    }
    if (changes.empty()) return before;
    const NewPriceEdit edit{.book = book, .seen = seen, .by = by.account, .note = note, .at = now};
    if (seen != before.version || !prices_.edit(tx, edit, changes)) {
      return fail(ErrorKind::conflict, "prices_changed", "Somebody changed these prices meanwhile.",
                  "Look at them again, and change what is still to be changed.");
    }
    return prices_.now(tx, book, first_prices(book));
  });
}

Projection CostService::projection(const Assumptions& assumed) {
  return project(assumed, prices(Book::machine).prices, prices(Book::original).prices);
}

}  // namespace picsharz::costs
