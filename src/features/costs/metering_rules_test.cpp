// A month of known use, priced by hand.

#include "features/costs/metering_rules.h"

#include <gtest/gtest.h>

#include <map>

namespace picsharz::costs {
namespace {

using usage::Counted;

constexpr Micros november = 1'793'491'200 * second;  // 2026-11-01
constexpr Micros december = november + 30 * day;

Period whole() { return period_of("2026-11", 0, december + day).value(); }

TEST(PeriodTest, IsTheMonthFromTheFirstAccountUntilNow) {
  const Period over = whole();
  EXPECT_EQ(over.name, "2026-11");
  EXPECT_EQ(over.from, november);
  EXPECT_EQ(over.to, december);
  EXPECT_EQ(over.share(), Decimal(1));
  EXPECT_EQ(over.hours(), Decimal(720));
  const Period begun = period_of("", november + 10 * day, november + 25 * day).value();
  EXPECT_EQ(begun.name, "2026-11");
  EXPECT_EQ(begun.share().text(), "0.50");
  EXPECT_EQ(begun.hours(), Decimal(360));
  const Period before = period_of("2026-10", november + day, november + 2 * day).value();
  EXPECT_TRUE(before.share().zero());
  EXPECT_EQ(period_of("2024-02", 0, november).value().hours(), Decimal(29 * 24));
}

TEST(PeriodTest, RefusesWhatIsNoMonthOrHasNotBegun) {
  for (const char* name : {"2026-12", "2026-13", "2026-00", "2026-1", "26-11", "2026/11", "x",
                           "1969-12", "2026-11 "}) {
    EXPECT_EQ(period_of(name, 0, december - 1).error().code, "invalid_month") << name;
  }
}

std::vector<Counted> known_use() {
  const Micros first = november + day;
  const Micros second_day = november + 2 * day;
  return {
      {first, "request", "feed", 600'000, 3'000'000'000},
      {second_day, "request", "feed", 300'000, 1'000'000'000},
      {first, "request", "account", 100'000, 500'000'000},
      {first, "request", "media", 2'000'000, 50'000'000'000},
      {first, "request", "page", 5'000, 500'000'000},
      {first, "route_time", "feed/2500", 800'000, 0},
      {first, "route_time", "feed/250000", 50'000, 0},
      {first, "route_time", "media/100", 2'000'000, 0},
      {first, "upload", "image/jpeg", 900, 0},
      {second_day, "upload", "image/png", 100, 0},
      {first, "storage", "originals", 0, 10'000'000'000},
      {second_day, "storage", "originals", 0, 20'000'000'000},
      {first, "storage", "renditions", 0, 4'000'000'000},
      {second_day, "storage", "renditions", 0, 6'000'000'000},
      {first, "storage", "database", 0, 1'000'000'000},
      {second_day, "storage", "database", 0, 3'000'000'000},
      {first, "storage", "backups", 0, 100'000'000'000},
      {second_day, "storage", "backups", 0, 100'000'000'000},
      {first, "cpu", "web", 0, 100 * second},
      {first, "cpu", "upkeep", 0, 5'400 * second},
      {first, "cpu", "analysis", 0, 1'800 * second},
      {first, "mail", "sent", 2'500, 0},
      {first, "mail", "failed", 4'000, 0},
      {first, "query", "", 3, 2'000'000'000'000},
      {first, "like", "", 1'000'000, 0},
  };
}

TEST(MeteringTest, KnownUseIsBilledByItsUnits) {
  const MonthUse use = use_of_month(whole(), known_use(),
                                    {.members = 40,
                                     .active = 20,
                                     .photos = 1'000,
                                     .administrators = 2,
                                     .originals = 7,
                                     .renditions = 7});
  const std::map<Price, std::string> expected = {
      {Price::function_calls, "1"},  // million: 900,000 feeds and 100,000 of accounts
      // 950,000 of one step (150,000 of them untimed), 50,000 of three: 1.1 million x 0.0125 GB-s
      {Price::function_compute, "0.01375"},
      {Price::api_calls, "1"},
      {Price::image_analysis, "2"},  // thousand
      {Price::storage_writes, "4"},
      {Price::storage_reads, "2000"},
      {Price::data_out, "55"},  // GB
      {Price::storage, "20"},   // the average of 14 and 26 GB
      {Price::database, "2"},
      {Price::archive, "100"},
      {Price::batch, "2"},   // hours
      {Price::query, "2"},   // TB
      {Price::mail, "2.5"},  // thousand
      {Price::search, "720"},
      {Price::analytics, "2"},
      {Price::server_hours, "720"},
      {Price::server_months, "1"}};
  ASSERT_EQ(expected.size(), price_count);
  for (const auto& [each, quantity] : expected) {
    EXPECT_EQ(use.billed[each].text(0), quantity) << prices()[static_cast<std::size_t>(each)].id;
  }
}

TEST(MeteringTest, TheSameUseCostsWhatEachBookSays) {
  const Stock stock{.members = 40, .active = 20, .photos = 1'000, .administrators = 2};
  const MonthUse use = use_of_month(whole(), known_use(), stock);
  const Bill machine = price(use.billed, first_prices(Book::machine));
  // 72 + 55 GB x 0.09 + 20 GB x 0.023 + 100 GB x 0.004 + 2,500 mails
  EXPECT_EQ(machine.total.text(), "78.06");
  EXPECT_EQ(machine.of(Service::data_out).text(), "4.95");
  EXPECT_EQ(machine.of(Service::storage).text(), "0.46");
  EXPECT_EQ(machine.of(Service::server).text(), "72.00");
  const Bill original = price(use.billed, first_prices(Book::original));
  EXPECT_EQ(original.of(Service::functions).text(), "0.429213");  // 0.01375 x 16.67 + 0.20
  EXPECT_EQ(original.of(Service::image_analysis).text(), "2.00");
  EXPECT_EQ(original.of(Service::storage).text(), "1.28");  // 0.46 + 0.80 + 0.02
  EXPECT_EQ(original.of(Service::database).text(), "0.50");
  EXPECT_EQ(original.of(Service::search).text(), "52.56");
  EXPECT_EQ(original.of(Service::api_calls).text(), "3.50");
  EXPECT_EQ(original.of(Service::query).text(), "10.00");
  EXPECT_EQ(original.of(Service::batch).text(), "0.088");
  EXPECT_EQ(original.of(Service::analytics).text(), "18.00");
  EXPECT_EQ(original.of(Service::server).text(), "72.00");
  Decimal sum;
  for (const Decimal& line : original.lines) sum += line;
  EXPECT_EQ(sum, original.total);
  const Shares shares = shares_of(machine.total, stock);
  EXPECT_EQ(shares.per_active.value().text(), "3.903");
  EXPECT_EQ(shares.per_photo.value().text(), "0.07806");
}

TEST(MeteringTest, HalfAMonthCostsHalfOfWhatIsBilledByTime) {
  const Period half = period_of("", 0, november + 15 * day).value();
  const MonthUse use = use_of_month(half, {}, {.originals = 2'000'000'000});
  EXPECT_EQ(use.billed[Price::server_months].text(), "0.50");
  EXPECT_EQ(use.billed[Price::server_hours], Decimal(360));
  // Nobody measured it yet: what lies there now, for half of the month.
  EXPECT_EQ(use.billed[Price::storage], Decimal(1));
  EXPECT_EQ(price(use.billed, first_prices(Book::machine)).total.text(), "36.023");
}

TEST(MeteringTest, AMonthBeforeTheInstanceCostsNothing) {
  const Period before = period_of("2026-10", november, december).value();
  const MonthUse use = use_of_month(before, {}, {.administrators = 3, .originals = 5'000'000'000});
  for (const Book book : both_books) {
    EXPECT_TRUE(price(use.billed, first_prices(book)).total.zero());
  }
}

TEST(MeteringTest, OfNobodyAndOfWhatNobodyKnowsThereIsNoShare) {
  for (const Stock& stock : {Stock{}, Stock{.members = 3, .active = 0, .photos = 0}}) {
    const Shares shares = shares_of(Decimal(5), stock);
    EXPECT_EQ(shares.total, Decimal(5));
    EXPECT_FALSE(shares.per_active.has_value());
    EXPECT_FALSE(shares.per_photo.has_value());
  }
}

TEST(MeteringTest, WhatWasMeasuredIsListed) {
  const MonthUse use = use_of_month(whole(), known_use(), {});
  std::map<std::string, std::string> listed;
  for (const Measured& each : use.measured) {
    listed[each.id + "/" + each.label] = each.quantity.text(0) + " " + each.unit;
  }
  EXPECT_EQ(listed.at("requests/feed"), "900000 requests");
  EXPECT_EQ(listed.at("data_out/media"), "50 GB");
  EXPECT_EQ(listed.at("cpu/upkeep"), "5400 seconds");
  EXPECT_EQ(listed.at("cpu/analysis"), "1800 seconds");
  EXPECT_EQ(listed.at("stored/originals"), "15 GB");
  EXPECT_EQ(listed.at("mails/failed"), "4000 mails");
  EXPECT_EQ(listed.at("queries/"), "2000 GB");
  EXPECT_EQ(listed.at("pictures/"), "1000 pictures");
}

}  // namespace
}  // namespace picsharz::costs
