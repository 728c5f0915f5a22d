#include "features/costs/price_store.h"

#include <algorithm>
#include <optional>

namespace picsharz::costs {

namespace {

std::optional<PriceChange> read_change(const db::Row& row, int name, int amount) {
  const auto known = std::ranges::find(prices(), row.text(name), &PriceInfo::id);
  if (known == prices().end()) return std::nullopt;
  return PriceChange{known->price, Decimal::of_millionths(row.integer(amount))};
}

std::string_view id_of(Price price) { return prices()[static_cast<std::size_t>(price)].id; }

}  // namespace

PricesNow PriceStore::now(db::Tx& tx, Book book, const PriceBook& first) {
  PricesNow held{
      .prices = first,
      .version = tx.one(
                       "SELECT COALESCE(MAX(version), 0) FROM price_edits"
                       " WHERE book = $1",
                       [](const db::Row& row) { return row.integer(0); }, book_name(book))
                     .value_or(0)};
  tx.each(
      "SELECT price, amount FROM price_changes WHERE book = $1 ORDER BY version",
      [&](const db::Row& row) {
        if (const auto change = read_change(row, 0, 1)) held.prices[change->price] = change->amount;
      },
      book_name(book));
  return held;
}

bool PriceStore::edit(db::Tx& tx, const NewPriceEdit& edit, std::span<const PriceChange> changes) {
  const std::int64_t version = edit.seen + 1;
  const bool mine = tx.exec(
                        "INSERT INTO price_edits (book, version, actor_id, note, created_at)"
                        " SELECT $1, $2, $3, $4, $5 WHERE $6 ="
                        " (SELECT COALESCE(MAX(e.version), 0) FROM price_edits e WHERE e.book = $1)"
                        " ON CONFLICT DO NOTHING",
                        book_name(edit.book), version, edit.by, edit.note, edit.at, edit.seen) == 1;
  if (!mine) return false;
  for (const PriceChange& change : changes) {
    tx.exec("INSERT INTO price_changes (book, version, price, amount) VALUES ($1, $2, $3, $4)",
            book_name(edit.book), version, id_of(change.price), change.amount.millionths());
  }
  return true;
}

std::vector<PriceEdit> PriceStore::edits(db::Tx& tx, Book book, int limit) {
  auto found = tx.all(
      "SELECT e.version, a.handle, e.note, e.created_at FROM price_edits e"
      " LEFT JOIN accounts a ON a.id = e.actor_id WHERE e.book = $1"
      " ORDER BY e.version DESC LIMIT $2",
      [](const db::Row& row) {
        return PriceEdit{.version = row.integer(0),
                         .by = row.string(1),
                         .note = row.string(2),
                         .at = row.integer(3),
                         .changes = {}};
      },
      book_name(book), limit);
  for (PriceEdit& edit : found) {
    tx.each(
        "SELECT price, amount FROM price_changes WHERE book = $1 AND version = $2 ORDER BY price",
        [&](const db::Row& row) {
          if (const auto change = read_change(row, 0, 1)) edit.changes.push_back(*change);
        },
        book_name(book), edit.version);
  }
  return found;
}

}  // namespace picsharz::costs
