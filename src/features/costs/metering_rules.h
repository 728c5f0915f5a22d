// From counts to what is billed, and from a name to a month.
//
// Threads:   pure functions.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "features/costs/metering.h"
#include "features/usage/usage.h"

namespace picsharz::costs {

// "2026-11", or the month of `now` for "". `first`: when the instance began. invalid_month: no
// month, or one that has not begun.
Result<Period> period_of(std::string_view name, Micros first, Micros now);

// `counted`: of the days of the period; of storage a day before it, as long as no day of it has
// been measured. A call is billed as the original's functions were: 128 MB, in steps of 100 ms, at
// least one. What is stored is the average of the days that have been measured; without one it is
// what lies there now.
MonthUse use_of_month(const Period& period, std::span<const usage::Counted> counted,
                      const Stock& stock);

Shares shares_of(const Decimal& total, const Stock& stock);

}  // namespace picsharz::costs
