#include "features/analytics/range_rules.h"

#include <chrono>
#include <cstdio>
#include <utility>

namespace picsharz::analytics {

namespace {

using Days = std::chrono::sys_days;

constexpr int year_min = 2000;
constexpr int year_max = 2199;

Days days_of(Micros time) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(time)));
}

Micros micros_of(Days days) { return std::int64_t{days.time_since_epoch().count()} * day; }

std::optional<int> number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  return value;
}

std::optional<Micros> read_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto of_month = number(text.substr(8, 2));
  if (!year || !month || !of_month || *year < year_min || *year > year_max) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*of_month))};
  if (!date.ok()) return std::nullopt;
  return micros_of(Days(date));
}

std::optional<Step> read_step(std::string_view name) {
  for (const Step step : {Step::hour, Step::day, Step::week, Step::month}) {
    if (step_name(step) == name) return step;
  }
  return std::nullopt;
}

std::unexpected<Error> refuse_range() {
  return fail(ErrorKind::invalid, "invalid_range", "There is no such range of days.",
              "Give from and to as days such as 2026-10-01, the first not after the last, a step of"
              " hour, day, week or month, and compare as true or false.");
}

// Where the part after the one with `time` begins.
Micros next_part(Micros time, Step step) {
  switch (step) {
    case Step::hour:
      return usage::hour_of(time) + hour;
    case Step::day:
      return day_of(time) + day;
    case Step::week:
      return monday_of(time) + 7 * day;
    case Step::month:
      return month_of(month_of(time) + 32 * day);
  }
  std::unreachable();
}

}  // namespace

Micros month_of(Micros time) {
  const std::chrono::year_month_day date(days_of(time));
  return micros_of(Days(date.year() / date.month() / 1));
}

std::vector<Micros> divide(const Range& range) {
  std::vector<Micros> parts;
  for (Micros at = range.from; at < range.to; at = next_part(at, range.step)) {
    parts.push_back(at);
    if (parts.size() > points_max) break;
  }
  return parts;
}

Result<Range> read_range(const RangeQuery& query, Micros now) {
  const auto last = query.to ? read_date(*query.to) : std::optional(day_of(now));
  if (!last) return refuse_range();
  const auto first =
      query.from ? read_date(*query.from) : std::optional(*last - (days_default - 1) * day);
  const auto step = query.step ? read_step(*query.step) : std::optional(Step::day);
  const std::string_view compare = query.compare.value_or("false");
  if (!first || !step || *first > *last || (compare != "true" && compare != "false")) {
    return refuse_range();
  }
  const Range range{.from = *first, .to = *last + day, .step = *step, .compare = compare == "true"};
  if (divide(range).size() > points_max) {
    return fail(ErrorKind::invalid, "too_many_points", "That is more points than a chart shows.",
                "Ask for fewer days, or for a longer step.");
  }
  return range;
}

Range by_day(Range range) {
  if (range.step == Step::hour) range.step = Step::day;
  return range;
}

std::string date_text(Micros time) {
  const std::chrono::year_month_day date(days_of(time));
  char text[16];
  const int length =
      std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace picsharz::analytics
