// Costs from rows to dollars on both engines.

#include "features/costs/cost_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "features/accounts/account_store.h"
#include "features/photos/photo_store.h"
#include "support/test_database.h"

namespace picsharz::costs {
namespace {

constexpr Micros november = 1'793'491'200 * second;  // 2026-11-01
const Viewer ada{.account = {9}, .role = Role::administrator};

class CostServiceTest : public test::DatabaseSuite {
 protected:
  void join(std::int64_t id, Role role = Role::member, Micros at = november - day) {
    accounts::Account account;
    account.id = {id};
    account.handle = "member" + std::to_string(id);
    account.email = account.handle + "@example.org";
    account.name = account.handle;
    account.country = "MY";
    account.role = role;
    account.created_at = at;
    ASSERT_TRUE(db().write(
        [&](db::Tx& tx) { return accounts::AccountStore().insert(tx, account, "no password"); }));
  }
  template <class... P>
  void exec(const db::Sql& sql, const P&... params) {
    db().write([&](db::Tx& tx) { tx.exec(sql, params...); });
  }
  void add_photo(std::int64_t id, photos::PhotoState state = photos::PhotoState::published) {
    photos::Photo photo;
    photo.id = {id};
    photo.owner = {1};
    photo.tags = "[]";
    photo.state = state;
    photo.original = "00";
    photo.file_name = "test.jpg";
    photo.created_at = clock_.now();
    db().write([&](db::Tx& tx) { photos::PhotoStore().insert(tx, photo, {}); });
  }
  // At the end of that day, as the summary counts them.
  void there_were(Micros at, std::string_view kind, std::int64_t count) {
    exec("INSERT INTO analytics_days (day, kind, count) VALUES ($1, $2, $3)", at, kind, count);
  }
  void used(Micros at, std::string_view kind, std::string_view label, std::int64_t count,
            std::int64_t amount) {
    exec("INSERT INTO usage_days (day, kind, label, count, amount) VALUES ($1, $2, $3, $4, $5)", at,
         kind, label, count, amount);
  }
  void active(Micros at, std::int64_t monthly) {
    exec("INSERT INTO active_counts (day, daily, weekly, monthly) VALUES ($1, 1, 1, $2)", at,
         monthly);
  }

  FakeClock clock_{november + 45 * day};  // in the middle of December
  std::unique_ptr<CostService> costs_;
  CostService& costs() {
    if (!costs_) costs_ = std::make_unique<CostService>(db(), clock_);
    return *costs_;
  }
  void TearDown() override {
    costs_.reset();
    DatabaseSuite::TearDown();
  }
};
ON_BOTH_ENGINES(CostServiceTest);

TEST_P(CostServiceTest, AMonthIsPricedFromItsDaysAlone) {
  join(1, Role::administrator);
  join(2);
  join(3, Role::member, november + 31 * day);
  for (const std::int64_t in_december : {11, 12, 13}) add_photo(in_december);
  for (const auto& [at, members, pictures] :
       {std::tuple(20, 1, 3), std::tuple(29, 2, 4), std::tuple(30, 3, 7)}) {
    there_were(november + at * day, "members", members);
    there_were(november + at * day, "photos", pictures);
  }
  used(november - day, "request", "media", 1, 1'000'000'000'000);  // October
  used(november, "request", "media", 1'000, 60'000'000'000);
  used(november + 29 * day, "request", "page", 10, 40'000'000'000);
  used(november + 30 * day, "request", "media", 1, 1'000'000'000'000);  // December
  used(november + day, "mail", "sent", 20'000, 0);
  used(november + day, "like", "", 5, 0);
  used(november + day, "storage", "originals", 0, 200'000'000'000);
  active(november + 10 * day, 1);
  active(november + 20 * day, 2);
  active(november + 35 * day, 7);
  const auto month = costs().month("2026-11");
  ASSERT_TRUE(month);
  EXPECT_EQ(month->stock.members, 2);
  EXPECT_EQ(month->stock.photos, 4);
  EXPECT_EQ(month->stock.administrators, 1);
  EXPECT_EQ(month->stock.active, 2);
  const BookedBill& machine = month->bills[0];
  EXPECT_EQ(machine.bill.of(Service::data_out).text(), "9.00");
  EXPECT_EQ(machine.bill.of(Service::mail).text(), "2.00");
  EXPECT_EQ(machine.bill.of(Service::storage).text(), "4.60");
  EXPECT_EQ(machine.shares.total.text(), "87.60");  // and 72 for the server
  EXPECT_EQ(machine.shares.per_active.value().text(), "43.80");
  EXPECT_EQ(machine.shares.per_photo.value().text(), "21.90");
  EXPECT_EQ(month->bills[1].bill.of(Service::analytics).text(), "9.00");
}

TEST_P(CostServiceTest, HowManyThereWereIsWhatWasCountedLast) {
  join(1);
  join(2);
  exec("UPDATE accounts SET state = 2 WHERE id = 2");
  add_photo(11);
  add_photo(12, photos::PhotoState::held);
  there_were(november - 40 * day, "photos", 5);  // in September
  const auto over = costs().month("2026-11");
  EXPECT_EQ(over->stock.photos, 5);
  EXPECT_FALSE(over->stock.members.has_value()) << "nobody counted them";
  EXPECT_FALSE(over->bills[0].shares.per_active.has_value()) << "nobody was there";
  EXPECT_FALSE(costs().month("2026-08")->stock.photos.has_value());
  EXPECT_FALSE(costs().month("2026-08")->bills[0].shares.per_photo.has_value());
  const auto now = costs().month("");
  EXPECT_EQ(now->stock.photos, 1);
  EXPECT_EQ(now->stock.members, 1);
}

TEST_P(CostServiceTest, MonthsStayWhenTheFounderIsErased) {
  join(1);
  join(2, Role::member, november + 33 * day);
  EXPECT_EQ(costs().month("2026-11")->use.billed[Price::server_hours], Decimal(720));
  used(november + 5 * day, "request", "feed", 1, 0);
  exec("DELETE FROM accounts WHERE id = 1");
  EXPECT_EQ(costs().month("2026-11")->use.billed[Price::server_hours], Decimal(25 * 24));
  EXPECT_EQ(costs().month("2026-11")->bills[0].shares.total.cents().text(), "60.00");
  there_were(november + 3 * day, "photos", 1);
  EXPECT_EQ(costs().month("2026-11")->use.billed[Price::server_hours], Decimal(27 * 24));
  used(november - day, "sign_up", "", 1, 0);
  EXPECT_EQ(costs().month("2026-11")->use.billed[Price::server_hours], Decimal(720));
}

TEST_P(CostServiceTest, ThisMonthBeforeAnybodyMeasuredIsWhatLiesThere) {
  join(1);
  exec("INSERT INTO originals (sha256, bytes) VALUES ('a', $1), ('b', $1)",
       std::int64_t{500'000'000'000});
  exec("INSERT INTO renditions (original, name, sha256, bytes) VALUES ('a', '320', 'x', $1)",
       std::int64_t{240'000'000'000});
  exec("INSERT INTO active_days (day, account_id) VALUES ($1, 1)",
       clock_.now() - clock_.now() % day);
  const auto month = costs().month("");
  ASSERT_TRUE(month);
  EXPECT_EQ(month->period.name, "2026-12");
  EXPECT_EQ(month->stock.active, 1);
  EXPECT_EQ(month->stock.originals, 1'000'000'000'000);
  EXPECT_EQ(month->stock.renditions, 240'000'000'000);
  // 1,240 GB for 15 of 31 days
  EXPECT_EQ(month->use.billed[Price::storage].cents().text(), "600.00");
  const auto over = costs().month("2026-11");
  ASSERT_TRUE(over);
  EXPECT_TRUE(over->use.billed[Price::storage].zero()) << "nobody knows";
}

// A minute is 0.000022 of the month, as exactly as that is written.
TEST_P(CostServiceTest, TheFirstMinuteOfAMonthHasWhatLayThereBefore) {
  join(1);
  exec("INSERT INTO originals (sha256, bytes) VALUES ('a', 7)");
  const Micros january = november + 61 * day;
  clock_.advance(january + minute - clock_.now());
  constexpr std::int64_t million_gb = 1'000'000'000'000'000;
  used(january - 3 * day, "storage", "database", 1, 9 * million_gb);
  EXPECT_EQ(costs().month("")->stock.originals, 7) << "what lay there days ago says nothing";
  used(january - 2 * day, "storage", "database", 1, 9 * million_gb);
  used(january - day, "storage", "originals", 1, 2 * million_gb);
  used(january - day, "storage", "renditions", 1, million_gb);
  used(january - day, "storage", "database", 1, 4 * million_gb);
  used(january - day, "storage", "backups", 1, 5 * million_gb);
  const auto month = costs().month("");
  EXPECT_EQ(month->period.name, "2027-01");
  EXPECT_EQ(month->stock.originals, 0) << "no row was read";
  EXPECT_EQ(month->use.billed[Price::storage].text(), "66.00");
  EXPECT_EQ(month->use.billed[Price::database].text(), "88.00");
  EXPECT_EQ(month->use.billed[Price::archive].text(), "110.00");
  EXPECT_EQ(month->bills[0].bill.of(Service::archive).text(), "0.44");
  used(january, "storage", "originals", 1, million_gb);
  EXPECT_EQ(costs().month("")->use.billed[Price::storage].text(), "22.00");
  EXPECT_TRUE(costs().month("")->use.billed[Price::database].zero());
}

TEST_P(CostServiceTest, AnEmptyInstanceCostsNothing) {
  const auto month = costs().month("");
  ASSERT_TRUE(month);
  EXPECT_TRUE(month->bills[0].shares.total.zero());
  EXPECT_EQ(costs().month("2027-01").error().code, "invalid_month");
}

TEST_P(CostServiceTest, PricesThatAreEditedPriceTheMonthAndTheProjection) {
  join(1);
  const PriceChange flat[] = {{Price::server_months, Decimal(40)}, {Price::data_out, Decimal()}};
  const auto changed = costs().set_prices(ada, Book::machine, 0, "the contract", flat);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->version, 1);
  const auto month = costs().month("2026-11");
  EXPECT_EQ(month->bills[0].shares.total.text(), "40.00");
  EXPECT_EQ(month->bills[0].version, 1);
  EXPECT_EQ(month->bills[1].version, 0);
  EXPECT_EQ(costs().projection({}).machine.text(), "210.40");  // 404.40 - 162 - 32
  ASSERT_EQ(costs().edits(Book::machine).size(), 1U);
  EXPECT_EQ(costs().edits(Book::machine)[0].note, "the contract");
}

TEST_P(CostServiceTest, WhoWasSlowerIsToldAndWhoChangesNothingChangesNothing) {
  const PriceChange first[] = {{Price::mail, Decimal(1)}};
  const PriceChange second[] = {{Price::mail, Decimal(2)}};
  ASSERT_TRUE(costs().set_prices(ada, Book::original, 0, "", first));
  EXPECT_EQ(costs().set_prices(ada, Book::original, 0, "", second).error().code, "prices_changed");
  EXPECT_EQ(costs().prices(Book::original).prices[Price::mail], Decimal(1));
  const auto again = costs().set_prices(ada, Book::original, 0, "", first);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->version, 1);
  EXPECT_EQ(costs().edits(Book::original).size(), 1U);
}

}  // namespace
}  // namespace picsharz::costs
