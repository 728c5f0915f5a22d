// What is given out says the numbers of the structs, exactly, in each form.

#include "features/costs/cost_report_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/json_tree.h"
#include "features/costs/metering_rules.h"
#include "features/costs/projection_rules.h"

namespace picsharz::costs {
namespace {

JsonTree parsed(const std::string& json) {
  auto tree = JsonTree::parse(json);
  EXPECT_TRUE(tree) << json;
  return *std::move(tree);
}

// The lines of CSV and how many cells the first has.
std::vector<std::string> lines_of(const std::string& csv) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < csv.size()) {
    const std::size_t end = csv.find("\r\n", at);
    EXPECT_NE(end, std::string::npos);
    lines.push_back(csv.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}
bool has(const std::vector<std::string>& lines, std::string_view line) {
  return std::ranges::find(lines, line) != lines.end();
}

Projection projected(const Assumptions& assumed = {}) {
  return project(assumed, first_prices(Book::machine), first_prices(Book::original));
}

MonthCosts known_month() {
  MonthCosts costs;
  costs.period = period_of("2026-11", 0, 1'796'083'200 * second + day).value();
  costs.stock = {.members = 12, .active = 4, .photos = 300};
  const std::vector<usage::Counted> counted = {
      {costs.period.from, "request", "feed, \"home\"", 10, 2'000'000'000}};
  costs.use = use_of_month(costs.period, counted, costs.stock);
  for (const Book book : both_books) {
    const Bill bill = price(costs.use.billed, first_prices(book));
    costs.bills[static_cast<std::size_t>(book)] = {
        .book = book, .version = 3, .bill = bill, .shares = shares_of(bill.total, costs.stock)};
  }
  return costs;
}

// A month that used what stands here, of these people and photos.
MonthCosts month_of(const Quantities& billed, const Stock& stock) {
  MonthCosts costs = known_month();
  costs.stock = stock;
  costs.use = {.billed = billed, .measured = {}};
  for (BookedBill& booked : costs.bills) {
    booked.bill = price(billed, first_prices(booked.book));
    booked.shares = shares_of(booked.bill.total, stock);
  }
  return costs;
}

TEST(CostReportTest, AProjectionAsJson) {
  const JsonTree json = parsed(projection_json(projected()));
  EXPECT_EQ(json["totals"]["recorded"].text(), "3797.26");
  EXPECT_EQ(json["totals"]["machine"].text(), "404.40");
  ASSERT_EQ(json["lines"].items().size(), service_count);
  const JsonTree& functions = json["lines"].items()[0];
  EXPECT_EQ(functions["original_name"].text(), "Lambda");
  EXPECT_EQ(functions["recorded"].text(), "11.06");
  EXPECT_EQ(functions["derived"].text(), "6.72");
  EXPECT_EQ(functions["verdict"].text(), "differs");
  EXPECT_EQ(functions["missing"]["quantity"].text(), "2.324585");
  const JsonTree& database = json["lines"].items()[5];
  EXPECT_TRUE(database["derived"].null());
  EXPECT_TRUE(database["missing"].null());
  EXPECT_EQ(database["reason"].text(), "not_derivable");
  EXPECT_FALSE(database["explanation"].text().empty());
  EXPECT_EQ(json["assumptions"].items().size(), assumption_count);
}

TEST(CostReportTest, AProjectionAsCsvHasTheSameNumbers) {
  Assumptions assumed;
  ASSERT_TRUE(assume(assumed, "cache_hits", "60"));
  const auto lines = lines_of(projection_csv(projected(assumed)));
  EXPECT_EQ(lines.size(), 1 + service_count + 1 + assumption_count);
  EXPECT_EQ(lines[0],
            "section,id,text,value,recorded,derived,machine,verdict,explanation,"
            "missing,missing_unit");
  EXPECT_TRUE(has(lines,
                  "line,image_analysis,Rekognition,,720.00,720.00,0.00,equal,"
                  "It follows from the assumptions.,,"));
  EXPECT_TRUE(
      has(lines, "total,total,,,3797.26," + projected(assumed).derived.text() + ",307.20,,,,"));
  EXPECT_TRUE(has(lines, "assumption,members,registered members,40000,,,,given,,,"));
}

TEST(CostReportTest, AProjectionAsCsvSaysWhatIsMissingAsTheOthersDo) {
  EXPECT_TRUE(has(lines_of(projection_csv(projected())),
                  "line,functions,Lambda,,11.06,6.72,0.00,differs,The assumptions tell of feeds "
                  "only; what else made calls is not recorded.,2.324585,million calls"));
  // Under other assumptions nobody knows.
  Assumptions assumed;
  ASSERT_TRUE(assume(assumed, "cache_hits", "60"));
  EXPECT_TRUE(has(lines_of(projection_csv(projected(assumed))),
                  "line,functions,Lambda,,11.06,6.72,0.00,differs,The assumptions tell of feeds "
                  "only; what else made calls is not recorded.,,"));
}

TEST(CostReportTest, AProjectionAsATable) {
  const std::string text = projection_text(projected());
  EXPECT_NE(text.find("total                              3797.26       3738.66        404.40\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("DynamoDB                              8.59             -          0.00  "
                      "It cannot be derived"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("64 GB more."), std::string::npos);
  EXPECT_NE(text.find("mails_per_member                     1.975"), std::string::npos);
}

TEST(CostReportTest, AMonthAsJson) {
  const JsonTree json = parsed(month_json(known_month()));
  EXPECT_EQ(json["month"].text(), "2026-11");
  EXPECT_EQ(json["from"].text(), "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(json["share"].text(), "1.00");
  EXPECT_EQ(json["totals"]["machine"]["total"].text(), "72.18");
  EXPECT_EQ(json["totals"]["machine"]["per_active"].text(), "18.045");
  EXPECT_EQ(json["totals"]["machine"]["per_photo"].text(), "0.2406");
  EXPECT_EQ(json["totals"]["machine"]["prices_version"].number(), 3);
  EXPECT_EQ(json["services"].items().size(), service_count);
  EXPECT_EQ(json["services"].items()[3]["original"].text(), "0.18");
  EXPECT_EQ(json["billed"].items().size(), price_count);
}

TEST(CostReportTest, AMonthAsCsvQuotesWhatHasToBe) {
  const auto lines = lines_of(month_csv(known_month()));
  EXPECT_TRUE(has(lines, "2026-11,service,server,Web server,,dollars,72.00,72.00"));
  EXPECT_TRUE(has(lines, "2026-11,total,per_photo,,,dollars,0.2406,0.4158"))
      << month_csv(known_month());
  EXPECT_TRUE(has(lines, "2026-11,measured,requests,\"feed, \"\"home\"\"\",10,requests,,"));
}

TEST(CostReportTest, AMonthAsATable) {
  const std::string text = month_text(known_month());
  EXPECT_TRUE(
      text.starts_with("2026-11, 100 % of the month, in dollars\n"
                       "12 members, 4 of them active, 300 photos\n"));
  EXPECT_NE(text.find("total                                72.18        124.74\n"),
            std::string::npos)
      << text;
}

TEST(CostReportTest, LinesAreRoundedForShowingAndTheTotalOnce) {
  Quantities billed;
  billed[Price::archive] = 1;                            // 0.004 in both books
  billed[Price::mail] = Decimal::of_millionths(40'000);  // likewise
  const MonthCosts costs = month_of(billed, {.active = 1});
  const std::string text = month_text(costs);
  for (const char* row : {"archive                               0.00          0.00  Glacier\n",
                          "mail                                  0.00          0.00  SES\n",
                          "total                                 0.01          0.01\n"}) {
    EXPECT_NE(text.find(row), std::string::npos) << text;
  }
  const JsonTree json = parsed(month_json(costs));
  EXPECT_EQ(json["services"].items()[4]["machine"].text(), "0.004");
  EXPECT_EQ(json["totals"]["machine"]["total"].text(), "0.008");
  EXPECT_TRUE(has(lines_of(month_csv(costs)), "2026-11,total,total,,,dollars,0.008,0.008"));
}

TEST(CostReportTest, WhatNobodyKnowsIsNoNumber) {
  const MonthCosts costs = month_of({}, {});
  const JsonTree json = parsed(month_json(costs));
  for (const char* book : {"machine", "original"}) {
    EXPECT_EQ(json["totals"][book]["total"].text(), "0.00");
    EXPECT_TRUE(json["totals"][book]["per_active"].null());
    EXPECT_TRUE(json["totals"][book]["per_photo"].null());
  }
  EXPECT_TRUE(json["members"].null());
  EXPECT_TRUE(json["photos"].null());
  const auto lines = lines_of(month_csv(costs));
  EXPECT_TRUE(has(lines, "2026-11,total,per_active,,,dollars,,"));
  EXPECT_TRUE(has(lines, "2026-11,total,per_photo,,,dollars,,"));
  const std::string text = month_text(costs);
  EXPECT_NE(text.find("\n- members, 0 of them active, - photos\n"), std::string::npos);
  EXPECT_NE(text.find("for each active member                   -             -\n"),
            std::string::npos)
      << text;
}

TEST(CostReportTest, TheBooksAsATable) {
  const BookReport machine{.book = Book::machine,
                           .now = {.prices = first_prices(Book::machine), .version = 2},
                           .edits = {{.version = 2,
                                      .by = "ada",
                                      .note = "new\n\x1b[2J contract",
                                      .at = second,
                                      .changes = {{Price::mail, Decimal(1)}}},
                                     {.version = 1, .by = "", .note = "", .at = 0, .changes = {}}}};
  const BookReport original{
      .book = Book::original, .now = {.prices = first_prices(Book::original)}, .edits = {}};
  const std::string text = prices_text(machine, original);
  for (const char* part :
       {"function_compute                      0.00         16.67  million GB-seconds\n",
        "version                                  2             0\n",
        "\nmachine 2, 1970-01-01T00:00:01.000Z, ada: new  [2J contract\n"
        "mail                                  1.00\n",
        "\nmachine 1, 1970-01-01T00:00:00.000Z, -\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
}

TEST(CostReportTest, TheBooks) {
  BookReport machine{.book = Book::machine,
                     .now = {.prices = first_prices(Book::machine), .version = 1},
                     .edits = {{.version = 1,
                                .by = "",
                                .note = "<b>\"new\"</b>",
                                .at = second,
                                .changes = {{Price::mail, Decimal(1)}}}}};
  const JsonTree json = parsed(prices_json({&machine, 1}));
  const JsonTree& book = json["books"].items()[0];
  EXPECT_EQ(book["book"].text(), "machine");
  EXPECT_EQ(book["prices"].items()[16]["amount"].text(), "72.00");
  const JsonTree& edit = book["edits"].items()[0];
  EXPECT_TRUE(edit["by"].null());
  EXPECT_EQ(edit["note"].text(), "<b>\"new\"</b>");
  EXPECT_EQ(edit["changes"].items()[0]["amount"].text(), "1.00");
  const auto lines =
      lines_of(prices_csv(first_prices(Book::machine), first_prices(Book::original)));
  EXPECT_EQ(lines.size(), 1 + price_count);
  EXPECT_TRUE(has(lines, "function_compute,functions,million GB-seconds,0.00,16.67"));
  EXPECT_TRUE(has(lines, "storage_reads,storage,thousand reads,0.00,0.0004"));
}

}  // namespace
}  // namespace picsharz::costs
