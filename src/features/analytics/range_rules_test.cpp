// Ranges of days as they are asked for, and their parts.
#include "features/analytics/range_rules.h"

#include <gtest/gtest.h>

namespace picsharz::analytics {
namespace {

constexpr Micros now = 1'795'910'400 * second + 13 * hour;  // Sunday, 29 November 2026, 13:00

std::vector<std::string> dates(const Range& range) {
  std::vector<std::string> texts;
  for (const Micros each : divide(range)) texts.push_back(date_text(each));
  return texts;
}

std::string refusal(const RangeQuery& query) {
  const auto range = read_range(query, now);
  return range ? "" : range.error().code;
}

TEST(RangeRulesTest, WithoutAWordTheLastThirtyDaysByDay) {
  const auto range = read_range({}, now);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(date_text(range->from), "2026-10-31");
  EXPECT_EQ(date_text(range->to - 1), "2026-11-29");
  EXPECT_EQ(range->step, Step::day);
  EXPECT_FALSE(range->compare);
  EXPECT_EQ(divide(*range).size(), 30u);
}

TEST(RangeRulesTest, BothDaysAreInIt) {
  const auto range =
      read_range({.from = "2026-02-27", .to = "2026-03-01", .step = "day", .compare = "true"}, now);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(dates(*range), (std::vector<std::string>{"2026-02-27", "2026-02-28", "2026-03-01"}));
  EXPECT_TRUE(range->compare);
  EXPECT_EQ(range->length(), 3 * day);
}

TEST(RangeRulesTest, HoursAreTwentyFourADay) {
  const auto range = read_range({.from = "2026-11-28", .to = "2026-11-29", .step = "hour"}, now);
  ASSERT_TRUE(range.has_value());
  const auto parts = divide(*range);
  ASSERT_EQ(parts.size(), 48u);
  EXPECT_EQ(parts[1] - parts[0], hour);
  EXPECT_EQ(by_day(*range).step, Step::day);
}

TEST(RangeRulesTest, WeeksBeginOnMondayAndTheFirstWithTheRange) {
  const auto range = read_range({.from = "2026-11-05", .to = "2026-11-24", .step = "week"}, now);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(dates(*range),
            (std::vector<std::string>{"2026-11-05", "2026-11-09", "2026-11-16", "2026-11-23"}));
  EXPECT_EQ(by_day(*range).step, Step::week);
}

TEST(RangeRulesTest, MonthsHaveTheirOwnLengths) {
  const auto range = read_range({.from = "2027-12-15", .to = "2028-03-02", .step = "month"}, now);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(dates(*range),
            (std::vector<std::string>{"2027-12-15", "2028-01-01", "2028-02-01", "2028-03-01"}));
}

TEST(RangeRulesTest, MondayAndTheFirst) {
  EXPECT_EQ(date_text(monday_of(now)), "2026-11-23");
  EXPECT_EQ(monday_of(monday_of(now)), monday_of(now));
  EXPECT_EQ(date_text(month_of(now)), "2026-11-01");
  EXPECT_EQ(day_of(now) + 13 * hour, now);
}

TEST(RangeRulesTest, WhatIsNoRange) {
  for (const std::string_view wrong :
       {"", "2026-1-01", "2026-13-01", "2026-02-29", "1999-12-31", "2200-01-01", "2026-11-0a",
        "2026/11/01", "2026-11-01 ", "yesterday"}) {
    EXPECT_EQ(refusal({.from = wrong}), "invalid_range") << wrong;
    EXPECT_EQ(refusal({.to = wrong}), "invalid_range") << wrong;
  }
  EXPECT_EQ(refusal({.from = "2026-11-02", .to = "2026-11-01"}), "invalid_range");
  EXPECT_EQ(refusal({.step = "minute"}), "invalid_range");
  EXPECT_EQ(refusal({.compare = "yes"}), "invalid_range");
}

TEST(RangeRulesTest, NoMorePointsThanAChartShows) {
  EXPECT_EQ(refusal({.from = "2026-10-20", .to = "2026-11-29", .step = "hour"}), "");  // 984
  EXPECT_EQ(refusal({.from = "2026-10-19", .to = "2026-11-29", .step = "hour"}),
            "too_many_points");                                        // 1,008
  EXPECT_EQ(refusal({.from = "2024-03-06", .to = "2026-11-30"}), "");  // 1,000
  EXPECT_EQ(refusal({.from = "2024-03-05", .to = "2026-11-30"}), "too_many_points");
  EXPECT_EQ(refusal({.from = "2000-01-01", .to = "2199-12-31", .step = "hour"}), "too_many_points");
  EXPECT_EQ(refusal({.from = "2000-01-01", .to = "2083-04-30", .step = "month"}), "");
}

}  // namespace
}  // namespace picsharz::analytics
