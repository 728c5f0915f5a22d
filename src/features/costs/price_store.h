// Rows of the price books: edits, and what they changed.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "db/database.h"
#include "features/costs/price_book.h"

namespace picsharz::costs {

struct NewPriceEdit {
  Book book{};
  std::int64_t seen = 0;  // the version that it changes
  AccountId by{};
  std::string_view note;
  Micros at = 0;
};

class PriceStore {
 public:
  // `first` holds where nobody has changed anything. A price that this program does not know, of a
  // newer one, is left out.
  PricesNow now(db::Tx& tx, Book book, const PriceBook& first);
  // False where the book has another version meanwhile; nothing is changed then.
  bool edit(db::Tx& tx, const NewPriceEdit& edit, std::span<const PriceChange> changes);
  std::vector<PriceEdit> edits(db::Tx& tx, Book book, int limit);  // newest first
};

}  // namespace picsharz::costs
