// Costs as they are given out: JSON and CSV for programs, a table for a terminal. The routes and
// the command say the same, because both ask here.
//
// Text:      amounts are decimal texts, exact ("0.0004"), never doubles; what is not known is null
//            in JSON, empty in CSV and "-" in a table. A table rounds what it shows of a month to
//            cents, each line and the total by itself. CSV is RFC 4180 with a header row.
// Threads:   pure functions.
#pragma once

#include <span>
#include <string>

#include "features/costs/metering.h"
#include "features/costs/price_book.h"
#include "features/costs/projection.h"

namespace picsharz::costs {

// A book, and its history where somebody asks for it.
struct BookReport {
  Book book{};
  PricesNow now;
  std::vector<PriceEdit> edits;
};

std::string month_json(const MonthCosts& costs);
std::string month_csv(const MonthCosts& costs);
std::string month_text(const MonthCosts& costs);

std::string prices_json(std::span<const BookReport> books);
std::string book_json(const BookReport& book);
// A line a price, a column a book.
std::string prices_csv(const PriceBook& machine, const PriceBook& original);
// The same with the versions of the books and the edits that are given.
std::string prices_text(const BookReport& machine, const BookReport& original);

std::string projection_json(const Projection& projection);
std::string projection_csv(const Projection& projection);
std::string projection_text(const Projection& projection);

}  // namespace picsharz::costs
