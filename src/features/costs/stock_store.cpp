#include "features/costs/stock_store.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/viewer.h"

namespace picsharz::costs {

namespace {

constexpr std::array<std::string_view, 7> billed = {"cpu",        "mail",    "query", "request",
                                                    "route_time", "storage", "upload"};

std::int64_t integer(const db::Row& row) { return row.integer(0); }

std::int64_t administrators(db::Tx& tx) {
  return *tx.one("SELECT COUNT(*) FROM accounts WHERE role = $1", integer, Role::administrator);
}

// The last time that somebody counted them before `to`.
std::optional<std::int64_t> last_count(db::Tx& tx, std::string_view kind, Micros to) {
  return tx.one(
      "SELECT count FROM analytics_days WHERE kind = $1 AND day < $2 ORDER BY day DESC LIMIT 1",
      integer, kind, to);
}

// By kind, as the index has them: usage_days grows for ever.
std::optional<Micros> first_day(db::Tx& tx, std::string_view kind) {
  return tx.one("SELECT day FROM usage_days WHERE kind = $1 ORDER BY day LIMIT 1", integer, kind);
}

}  // namespace

Micros StockStore::began(db::Tx& tx, Micros now) {
  Micros first = now;
  const auto look = [&](std::optional<Micros> at) { first = std::min(first, at.value_or(now)); };
  look(tx.one("SELECT created_at FROM accounts ORDER BY id LIMIT 1", integer));
  look(tx.one("SELECT day FROM analytics_days ORDER BY day LIMIT 1", integer));
  look(first_day(tx, "sign_up"));  // of who is erased, too
  for (const std::string_view kind : billed) look(first_day(tx, kind));
  return first;
}

// As the summary of the dashboards counts them, so that a month's end changes nothing.
Stock StockStore::counts(db::Tx& tx) {
  Stock stock;
  stock.members = tx.one("SELECT COUNT(*) FROM accounts WHERE state <> 2", integer);
  stock.photos = tx.one("SELECT COUNT(*) FROM photos WHERE state = 3", integer);
  stock.administrators = administrators(tx);
  return stock;
}

// How many administrators there were is written nowhere.
Stock StockStore::counts_before(db::Tx& tx, Micros to) {
  Stock stock;
  stock.members = last_count(tx, "members", to);
  stock.photos = last_count(tx, "photos", to);
  stock.administrators = administrators(tx);
  return stock;
}

// PostgreSQL adds BIGINT to NUMERIC, which is no type of ours.
void StockStore::weigh(db::Tx& tx, Stock& stock) {
  stock.originals =
      *tx.one("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM originals", integer);
  stock.renditions =
      *tx.one("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM renditions", integer);
}

std::vector<usage::Counted> StockStore::counted(db::Tx& tx, Micros from, Micros to) {
  return usage_.counted(tx, usage::Step::day, from, to, billed);
}

std::vector<usage::Counted> StockStore::stored_before(db::Tx& tx, Micros at) {
  static constexpr std::array<std::string_view, 1> storage = {"storage"};
  auto rows = usage_.counted(tx, usage::Step::day, at - 2 * day, at, storage);
  const Micros newest = rows.empty() ? at : rows.back().at;
  std::erase_if(rows, [&](const usage::Counted& each) { return each.at != newest; });
  return rows;
}

std::int64_t StockStore::active(db::Tx& tx, Micros from, Micros to, Micros now) {
  const auto days = usage_.active(tx, from, to);
  const std::int64_t counted = days.empty() ? 0 : days.back().monthly;
  return now >= to ? counted : std::max(counted, usage_.active_on(tx, now - now % day));
}

}  // namespace picsharz::costs
