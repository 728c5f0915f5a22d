// The original's bill, line by line, from its own assumptions; and ours beside it.

#include "features/costs/projection_rules.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace picsharz::costs {
namespace {

using A = Assumption;

Projection projected(const Assumptions& assumed = {}) {
  return project(assumed, first_prices(Book::machine), first_prices(Book::original));
}
const ProjectedLine& line_of(const Projection& projection, Service service) {
  return projection.lines[static_cast<std::size_t>(service)];
}
std::string derived(const Projection& projection, Service service) {
  const auto& line = line_of(projection, service);
  return line.derived ? line.derived->text() : "none";
}
std::string ours(const Projection& projection, Service service) {
  return line_of(projection, service).machine.value().text();
}
Assumptions with(std::initializer_list<std::pair<const char*, const char*>> changes) {
  Assumptions assumed;
  for (const auto& [id, value] : changes) EXPECT_TRUE(assume(assumed, id, value)) << id;
  return assumed;
}

TEST(ProjectionTest, TheThirteenRecordedLinesAddUpExactly) {
  const Projection projection = projected();
  const std::map<std::string_view, std::string> recorded = {{"Lambda", "11.06"},
                                                            {"Rekognition", "720.00"},
                                                            {"S3 data out", "2597.76"},
                                                            {"S3 operations and storage", "186.88"},
                                                            {"Glacier", "7.50"},
                                                            {"DynamoDB", "8.59"},
                                                            {"Elasticsearch", "52.56"},
                                                            {"API calls", "50.86"},
                                                            {"Athena", "31.50"},
                                                            {"EMR", "5.28"},
                                                            {"SES", "7.90"},
                                                            {"Analytics (QuickSight)", "45.37"},
                                                            {"Web server", "72.00"}};
  EXPECT_EQ(projection.lines.size(), recorded.size());
  Decimal sum;
  for (const ProjectedLine& line : projection.lines) {
    EXPECT_EQ(line.recorded.text(), recorded.at(info(line.service).original));
    sum += line.recorded;
  }
  EXPECT_EQ(sum.text(), "3797.26");
  EXPECT_EQ(projection.recorded.text(), "3797.26");
}

TEST(ProjectionTest, RecordedAmountsDependOnNothing) {
  EXPECT_EQ(projected(with({{"active", "1"}, {"members", "1"}})).recorded.text(), "3797.26");
}

TEST(ProjectionTest, EachDerivableLineFollowsFromItsInputs) {
  const Projection projection = projected();
  const std::map<Service, std::string> expected = {
      {Service::functions, "6.72"},         // 3.6 million x (128 MB x 0.8 s x 16.67e-6 + 0.20e-6)
      {Service::image_analysis, "720.00"},  // 360,000 x 2 x 0.001
      {Service::storage, "185.60"},         // 28.80 + 1.80 + 6,739.2 GB x 0.023
      {Service::data_out, "2592.00"},       // 72 million x 400 KB x 0.09
      {Service::archive, "7.50"},           // 1,875 GB x 0.004
      {Service::database, "none"},
      {Service::search, "52.56"},     // 0.073 x 720
      {Service::api_calls, "12.60"},  // 3.6 million x 3.50
      {Service::query, "31.50"},      // 6.3 TB x 5
      {Service::batch, "5.28"},       // 30 x 4 x 0.044
      {Service::mail, "7.90"},        // 79,000 x 0.10 / 1,000
      {Service::analytics, "45.00"},  // 5 x 9
      {Service::server, "72.00"},     // 0.10 x 720
  };
  Decimal sum;
  for (const auto& [service, amount] : expected) {
    EXPECT_EQ(derived(projection, service), amount) << info(service).id;
    if (amount != "none") sum += *Decimal::parse(amount);
  }
  EXPECT_EQ(projection.derived, sum);
  EXPECT_EQ(projection.derived.text(), "3738.66");
}

TEST(ProjectionTest, TheUseBehindTheLines) {
  const Quantities used = use_of({}, 400);
  const std::map<Price, std::string> expected = {{Price::function_calls, "3.6"},
                                                 {Price::function_compute, "0.36"},
                                                 {Price::image_analysis, "720"},
                                                 {Price::storage, "6739.2"},
                                                 {Price::storage_reads, "72000"},
                                                 {Price::storage_writes, "360"},
                                                 {Price::data_out, "28800"},
                                                 {Price::archive, "1875"},
                                                 {Price::query, "6.3"},
                                                 {Price::batch, "120"},
                                                 {Price::mail, "79"},
                                                 {Price::api_calls, "3.6"}};
  for (const auto& [each, quantity] : expected) {
    EXPECT_EQ(used[each].text(0), quantity) << prices()[static_cast<std::size_t>(each)].id;
  }
}

TEST(ProjectionTest, WhatIsNotDerivableSaysSoAndWhatIsMissingIsCounted) {
  const Projection projection = projected();
  const auto& database = line_of(projection, Service::database);
  EXPECT_EQ(database.reason, Reason::not_derivable);
  EXPECT_EQ(verdict(database), "none");
  EXPECT_FALSE(database.missing);
  const auto missing = [&](Service service) {
    return line_of(projection, service).missing.value().quantity.text(0);
  };
  EXPECT_EQ(missing(Service::functions), "2.324585");  // million calls more
  EXPECT_EQ(missing(Service::api_calls), "10.931429");
  EXPECT_EQ(missing(Service::data_out), "64");  // GB more
  EXPECT_EQ(verdict(line_of(projection, Service::data_out)), "differs");
  EXPECT_EQ(verdict(line_of(projection, Service::mail)), "equal");
  for (const ProjectedLine& line : projection.lines) {
    const bool explained = line.derived && *line.derived == line.recorded;
    EXPECT_TRUE(explained || line.reason != Reason::follows) << info(line.service).id;
  }
}

TEST(ProjectionTest, TheMissingCallsMakeTheRecordedAmounts) {
  const Projection projection =
      projected(with({{"other_function_calls", "2324585"}, {"other_api_calls", "10931429"}}));
  EXPECT_EQ(derived(projection, Service::functions), "11.06");
  EXPECT_EQ(derived(projection, Service::api_calls), "50.86");
  EXPECT_FALSE(line_of(projection, Service::functions).missing);
}

TEST(ProjectionTest, OneMachineCostsATenth) {
  const Projection projection = projected();
  EXPECT_EQ(ours(projection, Service::server), "72.00");
  EXPECT_EQ(ours(projection, Service::data_out), "162.00");
  EXPECT_EQ(ours(projection, Service::storage), "155.00");
  EXPECT_EQ(ours(projection, Service::archive), "7.50");
  EXPECT_EQ(ours(projection, Service::mail), "7.90");
  for (const Service none :
       {Service::functions, Service::image_analysis, Service::database, Service::search,
        Service::api_calls, Service::query, Service::batch, Service::analytics}) {
    EXPECT_EQ(ours(projection, none), "0.00") << info(none).id;
  }
  EXPECT_EQ(projection.machine.text(), "404.40");
  EXPECT_EQ(projected(with({{"cache_hits", "60"}})).machine.text(), "307.20");
}

TEST(ProjectionTest, LinesAreRoundedForShowingAndTotalsOnce) {
  PriceBook small;
  small[Price::server_months] = Decimal::of_millionths(4'000);
  small[Price::analytics] = Decimal::of_millionths(800);  // for each of 5 people
  const Projection projection = project({}, small, small);
  for (const Service each : {Service::server, Service::analytics}) {
    EXPECT_EQ(derived(projection, each), "0.00");
    EXPECT_EQ(ours(projection, each), "0.00");
  }
  EXPECT_EQ(projection.derived.text(), "0.01");
  EXPECT_EQ(projection.machine.text(), "0.01");
}

TEST(ProjectionTest, AFlatRateMachineCostsItsPrice) {
  PriceBook flat;
  flat[Price::server_months] = 72;
  EXPECT_EQ(project({}, flat, first_prices(Book::original)).machine.text(), "72.00");
}

using ServiceSet = std::set<Service>;

// The lines that an assumption is about, in the original's column or in ours.
ServiceSet lines_about(Assumption each) {
  static const ServiceSet viewed = {Service::functions, Service::storage, Service::data_out,
                                    Service::api_calls};
  static const std::map<Assumption, ServiceSet> about = {
      {A::members, {Service::mail}},
      {A::active,
       {Service::functions, Service::image_analysis, Service::storage, Service::data_out,
        Service::archive, Service::api_calls, Service::query}},
      {A::months, {Service::storage, Service::archive}},
      {A::uploads, {Service::image_analysis, Service::storage}},
      {A::log_ins, viewed},
      {A::feeds, viewed},
      {A::thumbnails, {Service::storage, Service::data_out}},
      {A::thumbnail_kb, {Service::data_out}},
      {A::our_thumbnail_kb, {Service::data_out}},
      {A::cache_hits, {Service::storage, Service::data_out}},
      {A::function_calls_per_feed, {Service::functions}},
      {A::other_function_calls, {Service::functions}},
      {A::function_mb, {Service::functions}},
      {A::function_ms, {Service::functions}},
      {A::api_calls_per_feed, {Service::api_calls}},
      {A::other_api_calls, {Service::api_calls}},
      {A::looks_per_picture, {Service::image_analysis}},
      {A::writes_per_picture, {Service::storage}},
      {A::picture_kb, {Service::storage}},
      {A::archived_mb, {Service::archive}},
      {A::scanned_mb, {Service::query}},
      {A::batch_runs, {Service::batch}},
      {A::node_hours_per_run, {Service::batch}},
      {A::search_nodes, {Service::search}},
      {A::hours, {Service::search, Service::server}},
      {A::mails_per_member, {Service::mail}},
      {A::analysts, {Service::analytics}},
      {A::servers, {Service::server}},
  };
  return about.at(each);
}

ServiceSet changed_lines(const Projection& before, const Projection& after) {
  ServiceSet changed;
  for (const ServiceInfo& each : services()) {
    const ProjectedLine& was = line_of(before, each.service);
    const ProjectedLine& is = line_of(after, each.service);
    EXPECT_EQ(was.recorded, is.recorded) << each.id;
    if (was.derived != is.derived || was.machine != is.machine) changed.insert(each.service);
  }
  return changed;
}

TEST(ProjectionTest, EveryAssumptionChangesItsLinesAndNothingElseDoes) {
  const Projection before = projected();
  for (const AssumptionInfo& each : assumptions()) {
    Assumptions assumed;
    const Decimal changed = each.value.zero() ? each.most / 2 : each.value / 2;
    ASSERT_TRUE(assume(assumed, each.id, changed.text())) << each.id;
    const Projection after = projected(assumed);
    EXPECT_FALSE(after.derived == before.derived && after.machine == before.machine) << each.id;
    EXPECT_EQ(changed_lines(before, after), lines_about(each.assumption)) << each.id;
  }
}

// Of the thumbnails each column has its own.
TEST(ProjectionTest, AThumbnailIsOfOneColumn) {
  const Projection before = projected();
  const Projection theirs = projected(with({{"thumbnail_kb", "200"}}));
  EXPECT_NE(theirs.derived, before.derived);
  EXPECT_EQ(theirs.machine, before.machine);
  const Projection here = projected(with({{"our_thumbnail_kb", "50"}}));
  EXPECT_EQ(here.derived, before.derived);
  EXPECT_NE(here.machine, before.machine);
}

TEST(ProjectionTest, ItScalesWithTheMembers) {
  const Projection ten = projected(with({{"members", "400000"}, {"active", "120000"}}));
  EXPECT_EQ(derived(ten, Service::data_out), "25920.00");
  EXPECT_EQ(derived(ten, Service::mail), "79.00");
  EXPECT_EQ(derived(ten, Service::archive), "75.00");
  EXPECT_EQ(derived(ten, Service::query), "315.00");
  EXPECT_EQ(derived(ten, Service::search), "52.56");
}

TEST(ProjectionTest, TheLargestAssumptionsDoNotOverflow) {
  Assumptions assumed;
  for (const AssumptionInfo& each : assumptions()) {
    const Decimal most = each.assumption == A::cache_hits ? Decimal() : each.most;
    ASSERT_TRUE(assume(assumed, each.id, most.text(0)));
  }
  PriceBook dearest;
  for (const PriceInfo& each : prices()) dearest[each.price] = most_of_a_price;
  const Projection projection = project(assumed, dearest, dearest);
  for (const ProjectedLine& line : projection.lines) {
    EXPECT_GE(line.derived.value_or(Decimal(1)), Decimal(1)) << info(line.service).id;
  }
  // 10^7 members, 10^4 log-ins, feeds and thumbnails of 10^6 KB, at 10^6 dollars a GB.
  EXPECT_EQ(derived(projection, Service::data_out), "1" + std::string(25, '0') + ".00");
}

TEST(ProjectionTest, RefusesWhatIsNoAssumption) {
  Assumptions assumed;
  EXPECT_EQ(assume(assumed, "moon", "1").error().code, "unknown_assumption");
  for (const char* value : {"", "-1", "1e9", "many", "10000001"}) {
    EXPECT_EQ(assume(assumed, "members", value).error().code, "invalid_assumption") << value;
  }
  EXPECT_EQ(assume(assumed, "cache_hits", "100.5").error().code, "invalid_assumption");
  EXPECT_EQ(assumed, Assumptions());
}

TEST(ProjectionTest, IdsAreDistinctAndInOrder) {
  std::set<std::string_view> ids;
  for (std::size_t at = 0; at < assumption_count; ++at) {
    EXPECT_EQ(static_cast<std::size_t>(assumptions()[at].assumption), at);
    ids.insert(assumptions()[at].id);
  }
  EXPECT_EQ(ids.size(), assumption_count);
}

}  // namespace
}  // namespace picsharz::costs
