// Stretches of time, and how they are divided: by hours, days, weeks (from Monday) or months, UTC.
//
// Threads:   pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "features/analytics/analytics.h"
#include "features/usage/usage_rules.h"

namespace picsharz::analytics {

inline constexpr std::size_t points_max = 1'000;  // of a chart
inline constexpr int days_default = 30;

// As it was asked for; nullopt: it was not said.
struct RangeQuery {
  std::optional<std::string_view> from{};  // "2026-10-01"
  std::optional<std::string_view> to{};    // the last day
  std::optional<std::string_view> step{};
  std::optional<std::string_view> compare{};
};

// What is not said: the last `days_default` days, by day, without comparison. Fails with
// invalid_range, and with too_many_points where it would be divided into more than points_max.
Result<Range> read_range(const RangeQuery& query, Micros now);

using usage::day_of;
using usage::monday_of;
Micros month_of(Micros time);  // its beginning

// Where each part of the range begins; the first begins with the range, so it may be a part of a
// week or month.
std::vector<Micros> divide(const Range& range);
// The same range, by day where it was by hour: for what is known by day only.
Range by_day(Range range);

std::string date_text(Micros time);  // "2026-10-01"

}  // namespace picsharz::analytics
