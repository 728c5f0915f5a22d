// What was counted, in the parts of a range; quantiles; names of cameras.
#include "features/analytics/ledger_rules.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "base/tally.h"
#include "features/analytics/range_rules.h"

namespace picsharz::analytics {
namespace {

constexpr Micros first = 1'795'910'400 * second - 4 * day;  // 25 November 2026
constexpr Micros now = first + 3 * day + hour;
constexpr Value unknown = std::nullopt;

Range four_days(bool compare = false) {
  return {.from = first, .to = first + 4 * day, .step = Step::day, .compare = compare};
}

Ledger ledger(std::initializer_list<usage::CountedView> counted, bool compare = false) {
  Ledger made(four_days(compare), 0, now);
  for (const usage::CountedView& each : counted) made.place(each);
  return made;
}

TEST(LedgerTest, SumsOfEachPart) {
  const Ledger counts = ledger({{first - hour, "like", "", 100, 0},
                                {first, "like", "", 1, 0},
                                {first + 5, "like", "", 2, 0},
                                {first + day, "view", "", 50, 0},
                                {first + 2 * day, "like", "", 4, 0},
                                {first + 4 * day, "like", "", 100, 0}});
  const Series likes = counts.sums("likes", {"like"});
  EXPECT_EQ(likes.id, "likes");
  EXPECT_EQ(likes.values, (Values{3, 0, 4, 0}));
  EXPECT_TRUE(likes.before.empty());
  EXPECT_EQ(counts.total("likes", {"like"}).value, 7);
  EXPECT_FALSE(counts.total("likes", {"like"}).compared);
}

TEST(LedgerTest, WhatIsToComeIsNotNothing) {
  Range later = four_days();
  later.to += 2 * day;
  const Ledger counts(later, first + day, now);
  EXPECT_EQ(counts.sums("likes", {"like"}).values, (Values{unknown, 0, 0, 0, unknown, unknown}));
}

TEST(LedgerTest, TheSameStretchBefore) {
  const Ledger counts = ledger({{first - 4 * day, "like", "", 10, 0},
                                {first - day, "like", "", 20, 0},
                                {first - 5 * day, "like", "", 7, 0},
                                {first, "like", "", 1, 0}},
                               true);
  const Series likes = counts.sums("likes", {"like"});
  EXPECT_EQ(likes.values, (Values{1, 0, 0, 0}));
  EXPECT_EQ(likes.before, (Values{10, 0, 0, 20}));
  const Figure figure = counts.total("likes", {"like"});
  EXPECT_EQ(figure.value, 1);
  EXPECT_EQ(figure.before, 30);
  EXPECT_TRUE(figure.compared);
}

// At the end of the range's third day, whose last hour is to come: a total is compared with as much
// of the stretch before, while its line shows all of it.
TEST(LedgerTest, TotalsAreComparedAsFarAsTheRangeIs) {
  Ledger counts(four_days(true), 0, first + 3 * day - hour);
  for (const usage::CountedView& each :
       std::initializer_list<usage::CountedView>{{first - 4 * day, "upload", "a", 1, 100},
                                                 {first - 2 * day, "upload", "a", 4, 400},
                                                 {first - 2 * day, "upload", "b", 6, 600},
                                                 {first - day, "upload", "a", 50, 5'000},
                                                 {first, "upload", "a", 7, 70}}) {
    counts.place(each);
  }
  counts.leave_out({first - 2 * day + 23 * hour, "upload", "a", 3, 300});
  counts.leave_out({first - 2 * day + 23 * hour, "upload", "b", 1, 50});
  EXPECT_EQ(counts.total("uploads", {"upload"}).before, 7);
  EXPECT_EQ(counts.total("uploads", {"upload"}).value, 7);
  EXPECT_EQ(counts.total("a", {"upload", "a"}, Unit::bytes, Of::amount).before, 200);
  EXPECT_EQ(counts.total("likes", {"like"}).before, 0);
  EXPECT_EQ(counts.sums("uploads", {"upload"}).before, (Values{1, 0, 10, 50}));
}

TEST(LedgerTest, AGaugeHasItsLastValue) {
  const Ledger counts = ledger({{first, "storage", "originals", 1, 10},
                                {first, "storage", "database", 1, 1},
                                {first + hour, "storage", "originals", 1, 20},
                                {first + 2 * day, "storage", "originals", 1, 5}});
  EXPECT_EQ(counts.lasts("all", {"storage"}).values, (Values{21, unknown, 5, unknown}));
  EXPECT_EQ(counts.lasts("originals", {"storage", "originals"}, 10).values,
            (Values{2, unknown, 0.5, unknown}));
  EXPECT_EQ(counts.last("storage", {"storage"}, Unit::bytes).value, 6);
  EXPECT_EQ(counts.last("memory", {"gauge", "memory"}).value, unknown);
}

TEST(LedgerTest, AmountsInUnits) {
  const Ledger counts = ledger({{first, "cpu", "web", 3, 1'500'000}, {first, "cpu", "mail", 1, 5}});
  EXPECT_EQ(counts.sums("web", {"cpu", "web"}, Of::amount, second).values[0], 1.5);
  EXPECT_EQ(counts.labels("cpu"), (std::vector<std::string>{"mail", "web"}));
  EXPECT_EQ(counts.sum({"cpu"}, Of::amount), 1'500'005);
}

TEST(LedgerTest, QuantilesOfEachPart) {
  const Ledger counts = ledger({{first, "route_time", "photo/1000", 50, 0},
                                {first, "route_time", "feed/2500", 50, 0},
                                {first + day, "route_time", "feed/1000", 1, 0},
                                {first + day, "route_time", "other", 9, 0}});
  EXPECT_EQ(counts.quantiles("p50", {"route_time"}, 0.5).values,
            (Values{1, 0.75, unknown, unknown}));
  EXPECT_EQ(counts.quantiles("p90", {"route_time"}, 0.9).values[0], 2.2);
  const auto histograms = counts.histograms("route_time");
  ASSERT_EQ(histograms.size(), 2u);
  EXPECT_EQ(histograms.at("feed"), (Histogram{{1000, 1}, {2500, 50}}));
}

TEST(LedgerTest, QuantilesBetweenTheBounds) {
  EXPECT_EQ(quantile_of(Histogram{}, 0.5), unknown);
  EXPECT_EQ(quantile_of(Histogram{{100, 0}}, 0.5), unknown);
  const Histogram histogram{{1000, 90}, {5000, 9}, {60'000'000, 1}};
  EXPECT_EQ(quantile_of(histogram, 0.45), 0.75);
  EXPECT_EQ(quantile_of(histogram, 0.9), 1);
  EXPECT_EQ(quantile_of(histogram, 0.99), 5);
  EXPECT_EQ(quantile_of(histogram, 1), 60'000);
}

// Whether its neighbours are empty or not: nothing took less than a bucket begins with.
TEST(LedgerTest, AQuantileLiesInItsBucket) {
  for (const double q : {0.0, 0.01, 0.5, 0.99, 1.0}) {
    for (std::size_t i = 0; i < time_bounds.size(); ++i) {
      const Value found = quantile_of(Histogram{{time_bounds[i], 10}}, q);
      const Micros lower = i == 0 ? 0 : time_bounds[i - 1];
      ASSERT_TRUE(found);
      EXPECT_GE(*found, static_cast<double>(lower) / 1000) << q;
      EXPECT_LE(*found, static_cast<double>(time_bounds[i]) / 1000) << q;
    }
    EXPECT_GE(quantile_of(Histogram{{100'000, 10}}, q), 50) << q;
    EXPECT_LE(quantile_of(Histogram{{100, 0}, {100'000, 10}, {250'000, 0}}, q), 100) << q;
  }
}

TEST(LedgerTest, QuantilesOfNumbers) {
  EXPECT_EQ(quantile_of(std::vector<std::int64_t>{}, 0.5), unknown);
  EXPECT_EQ(quantile_of(std::vector<std::int64_t>{7}, 0.9), 7);
  EXPECT_EQ(quantile_of(std::vector<std::int64_t>{4, 1, 3, 2}, 0.5), 2);
  EXPECT_EQ(quantile_of(std::vector<std::int64_t>{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 0.9), 9);
}

TEST(LedgerTest, BoundsOfLabels) {
  EXPECT_EQ(bound_of("feed/2500"), 2500);
  EXPECT_EQ(bound_of("100"), 100);
  EXPECT_EQ(bound_of("feed/"), std::nullopt);
  EXPECT_EQ(bound_of("feed"), std::nullopt);
  EXPECT_EQ(bound_of("a/b/3"), std::nullopt);
  for (std::size_t i = 0; i < labels_of(Use::route_time); ++i) {
    EXPECT_EQ(bound_of(label_of(Use::route_time, i)), time_bounds[i % time_bounds.size()]);
  }
}

TEST(CameraNameTest, TheMakerOnce) {
  EXPECT_EQ(camera_name("NIKON CORPORATION", "NIKON D750"), "NIKON D750");
  EXPECT_EQ(camera_name("Canon", "Canon EOS 5D"), "Canon EOS 5D");
  EXPECT_EQ(camera_name("FUJIFILM", "X-T5"), "FUJIFILM X-T5");
  EXPECT_EQ(camera_name("Apple ", " iPhone 15"), "Apple iPhone 15");
  EXPECT_EQ(camera_name("", "DSC-1"), "DSC-1");
  EXPECT_EQ(camera_name("Leica", ""), "Leica");
  EXPECT_EQ(camera_name(" ", ""), "");
}

}  // namespace
}  // namespace picsharz::analytics
