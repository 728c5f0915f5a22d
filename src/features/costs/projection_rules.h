// The arithmetic of a projection.
//
// What:      assumptions -> how much is used -> amounts at the prices of both books, each line and
//            each total rounded to whole cents by itself. The recorded amounts are the original's
//            and change with nothing.
// Threads:   pure functions.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "features/costs/projection.h"

namespace picsharz::costs {

std::span<const AssumptionInfo, assumption_count> assumptions();
const AssumptionInfo* find_assumption(std::string_view id);

// Sets one from text. unknown_assumption, or invalid_assumption: not a number from 0 to its most.
Result<void> assume(Assumptions& assumed, std::string_view id, std::string_view value);

// Use in a month. What is not derivable (Price::database) is 0.
Quantities use_of(const Assumptions& assumed, Decimal thumbnail_kb);

Projection project(const Assumptions& assumed, const PriceBook& machine, const PriceBook& original);

std::string_view source_name(Source source);
std::string_view reason_name(Reason reason);  // in JSON and CSV
std::string_view reason_text(Reason reason);  // a sentence
// Of a line with that derived amount: equal, differs or none.
std::string_view verdict(const ProjectedLine& line);

}  // namespace picsharz::costs
