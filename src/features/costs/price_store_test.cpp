// The price books on both engines: edits, what holds after them, and that they stay.

#include "features/costs/price_store.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "features/accounts/account_store.h"
#include "support/test_database.h"

namespace picsharz::costs {
namespace {

Decimal dollars(std::string_view text) { return Decimal::parse(text).value(); }

class PriceStoreTest : public test::DatabaseSuite {
 protected:
  PricesNow now(Book book) {
    return db().read([&](db::Tx& tx) { return store_.now(tx, book, first_prices(book)); });
  }
  bool edit(Book book, std::int64_t seen, std::vector<PriceChange> changes, AccountId by = {7}) {
    return db().write([&](db::Tx& tx) {
      return store_.edit(
          tx, {.book = book, .seen = seen, .by = by, .note = "why", .at = 5 * second}, changes);
    });
  }
  std::vector<PriceEdit> edits(Book book, int limit = 10) {
    return db().read([&](db::Tx& tx) { return store_.edits(tx, book, limit); });
  }

  PriceStore store_;
};
ON_BOTH_ENGINES(PriceStoreTest);

TEST_P(PriceStoreTest, AtFirstThePricesOfTheProgramHold) {
  for (const Book book : both_books) {
    EXPECT_EQ(now(book).version, 0);
    EXPECT_EQ(now(book).prices, first_prices(book));
  }
  EXPECT_TRUE(edits(Book::machine).empty());
}

TEST_P(PriceStoreTest, AnEditChangesWhatItNamesInItsBook) {
  ASSERT_TRUE(edit(Book::machine, 0, {{Price::server_months, dollars("40")}}));
  ASSERT_TRUE(edit(Book::machine, 1,
                   {{Price::data_out, dollars("0")}, {Price::storage, dollars("0.000001")}}));
  const PricesNow machine = now(Book::machine);
  EXPECT_EQ(machine.version, 2);
  EXPECT_EQ(machine.prices[Price::server_months], Decimal(40));
  EXPECT_TRUE(machine.prices[Price::data_out].zero());
  EXPECT_EQ(machine.prices[Price::storage].text(), "0.000001");
  EXPECT_EQ(machine.prices[Price::mail], first_prices(Book::machine)[Price::mail]);
  EXPECT_EQ(now(Book::original).prices, first_prices(Book::original));
}

TEST_P(PriceStoreTest, TheLastEditOfAPriceHolds) {
  ASSERT_TRUE(edit(Book::original, 0, {{Price::mail, dollars("0.2")}}));
  ASSERT_TRUE(edit(Book::original, 1, {{Price::mail, dollars("0.3")}}));
  EXPECT_EQ(now(Book::original).prices[Price::mail].text(), "0.30");
}

TEST_P(PriceStoreTest, WhoSawAnOlderVersionChangesNothing) {
  ASSERT_TRUE(edit(Book::machine, 0, {{Price::mail, dollars("1")}}));
  EXPECT_FALSE(edit(Book::machine, 0, {{Price::mail, dollars("2")}}));
  EXPECT_FALSE(edit(Book::machine, 5, {{Price::mail, dollars("2")}}));
  EXPECT_EQ(now(Book::machine).prices[Price::mail], Decimal(1));
  EXPECT_EQ(edits(Book::machine).size(), 1U);
}

TEST_P(PriceStoreTest, OfTwoAtOnceOneChanges) {
  for (std::int64_t round = 0; round < 20; ++round) {
    std::vector<std::future<bool>> tries;
    for (int i = 0; i < 4; ++i) {
      tries.push_back(std::async(std::launch::async, [&, i] {
        return edit(Book::machine, round, {{Price::mail, Decimal(i)}});
      }));
    }
    int changed = 0;
    for (auto& each : tries) changed += each.get() ? 1 : 0;
    EXPECT_EQ(changed, 1) << round;
  }
  EXPECT_EQ(now(Book::machine).version, 20);
}

TEST_P(PriceStoreTest, EveryEditIsKeptWithWhoAndWhy) {
  accounts::Account account;
  account.id = {9};
  account.handle = "ada";
  account.email = "ada@example.org";
  account.name = "Ada";
  account.country = "MY";
  const AccountId ada = account.id;
  ASSERT_TRUE(db().write(
      [&](db::Tx& tx) { return accounts::AccountStore().insert(tx, account, "no password"); }));
  ASSERT_TRUE(edit(Book::machine, 0, {{Price::mail, dollars("1")}}, ada));
  ASSERT_TRUE(edit(Book::machine, 1, {{Price::mail, dollars("2")}, {Price::archive, Decimal(3)}}));
  const auto history = edits(Book::machine);
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].version, 2);
  EXPECT_EQ(history[0].by, "");  // nobody has this id
  ASSERT_EQ(history[0].changes.size(), 2U);
  EXPECT_EQ(history[0].changes[0].price, Price::archive);
  EXPECT_EQ(history[1].by, "ada");
  EXPECT_EQ(history[1].note, "why");
  EXPECT_EQ(history[1].at, 5 * second);
  EXPECT_EQ(edits(Book::machine, 1).size(), 1U);
}

TEST_P(PriceStoreTest, WhatWasChangedCannotBeChangedBack) {
  ASSERT_TRUE(edit(Book::machine, 0, {{Price::mail, dollars("1")}}));
  const auto refused = [&](const db::Sql& sql) {
    EXPECT_THROW(db().write([&](db::Tx& tx) { tx.exec(sql); }), db::DatabaseError);
  };
  refused("UPDATE price_edits SET note = 'other'");
  refused("DELETE FROM price_edits");
  refused("UPDATE price_changes SET amount = 0");
  refused("DELETE FROM price_changes");
}

}  // namespace
}  // namespace picsharz::costs
