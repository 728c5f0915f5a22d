#include "db/tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "support/temporary_root.h"
#include "support/test_database.h"

namespace picsharz::db {
namespace {

using namespace std::string_literals;

class TablesTest : public test::DatabaseSuite {
 protected:
  const Table& table(std::string_view name) {
    tables_ = db().read([](Tx& tx) { return list_tables(tx); });
    const auto found = std::ranges::find(tables_, name, &Table::name);
    if (found == tables_.end()) throw std::logic_error("no table " + std::string(name));
    return *found;
  }
  std::int64_t count(const Sql& sql) {
    return *db().read(
        [&](Tx& tx) { return tx.one(sql, [](const Row& row) { return row.integer(0); }); });
  }
  std::vector<Table> tables_;
};
ON_BOTH_ENGINES(TablesTest);

TEST_P(TablesTest, EachStandsBehindThoseThatItRefersTo) {
  const auto tables = db().read([](Tx& tx) { return list_tables(tx); });
  EXPECT_GT(tables.size(), 40U);
  std::vector<std::string> before;
  for (const Table& each : tables) {
    for (const std::string& other : each.refers_to) {
      EXPECT_NE(before.end(), std::ranges::find(before, other)) << each.name << ", " << other;
    }
    before.push_back(each.name);
  }
  EXPECT_NE(before.end(), std::ranges::find(before, "likes"));
  EXPECT_EQ(0, std::ranges::count_if(before, [](const std::string& name) {
              return name.starts_with("sqlite_") || name.ends_with("_content");
            }));
}

// Both engines call the same table the same, whatever order its columns have.
TEST_P(TablesTest, ColumnsHaveTheirTypesAndStandByName) {
  using enum TableColumn::Type;
  EXPECT_EQ((std::vector<TableColumn>{{"model", text}, {"photo_id", integer}, {"sketch", bytes}}),
            table("photo_sketches").columns);
  EXPECT_EQ(
      (std::vector<TableColumn>{
          {"photo_id", integer}, {"place", integer}, {"ranked_at", integer}, {"score", real}}),
      table("popular").columns);
}

TEST_P(TablesTest, RowsComeBackAsTheyWerePut) {
  db().write([](Tx& tx) {
    tx.exec("CREATE TABLE things (id BIGINT PRIMARY KEY, t TEXT, r DOUBLE PRECISION, b BYTEA)");
  });
  const Table things = table("things");  // b, id, r, t
  const std::string awkward = "'\"\n\\;\xEF\xBF\xBD$1";
  const std::string binary = "\0\x01\xFF\\x"s;
  constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
  db().write([&](Tx& tx) {
    TableLoader loader(tx, {things});
    loader.begin(things, things.columns);
    loader.row(std::vector<Param>{Param::bytes(binary), smallest, 0.1, awkward});
    loader.row(std::vector<Param>{nullptr, 7, nullptr, nullptr});
    loader.row(std::vector<Param>{Param::bytes(""), 8, 1e300, ""});
    loader.end();
    loader.finish();
  });
  std::vector<std::string> seen;
  db().read([&](Tx& tx) {
    each_row(tx, things, [&](const Row& row) {
      if (row.integer(1) == 7) {
        EXPECT_TRUE(row.null(0) && row.null(2) && row.null(3));
      } else if (row.integer(1) == 8) {
        EXPECT_FALSE(row.null(0) || row.null(3));
        EXPECT_EQ("", row.text(3));
        EXPECT_EQ(1e300, row.real(2));
      } else {
        EXPECT_EQ(smallest, row.integer(1));
        EXPECT_EQ(binary, row.bytes(0));
        EXPECT_EQ(0.1, row.real(2));
        EXPECT_EQ(awkward, row.text(3));
      }
      seen.push_back(std::to_string(row.integer(1)));
    });
    EXPECT_EQ(3, count_rows(tx, things));
  });
  EXPECT_EQ(3U, seen.size());
}

TEST_P(TablesTest, MoreRowsThanComeAtOnceAreAllThere) {
  db().write([](Tx& tx) { tx.exec("CREATE TABLE many (id BIGINT PRIMARY KEY, name TEXT)"); });
  const Table many = table("many");
  constexpr std::int64_t rows = 2'503;  // no multiple of any piece
  db().write([&](Tx& tx) {
    TableLoader loader(tx, {many});
    loader.begin(many, many.columns);
    for (std::int64_t id = 1; id <= rows; ++id) {
      loader.row(std::vector<Param>{id, std::to_string(id)});
    }
    loader.end();
    loader.finish();
  });
  std::int64_t sum = 0;
  db().read([&](Tx& tx) { each_row(tx, many, [&](const Row& row) { sum += row.integer(0); }); });
  EXPECT_EQ(rows * (rows + 1) / 2, sum);
}

constexpr Sql add_account(
    "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
    " VALUES (1, 'mei', 'mei@example.org', '', 'Mei', 'SG', 1)");
constexpr Sql add_case(
    "INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, action, reason, note,"
    " state_before, state_after, owner_state_before, facts, created_at)"
    " VALUES (1, 1, 1, 1, 0, '', '', 0, 0, 0, '', 1)");

// What triggers would write is among the rows; afterwards they do their work again. The log that
// refuses changes is emptied, too: this is the only thing that may.
TEST_P(TablesTest, TriggersAreOutWhileItLoadsAndBackAfterwards) {
  db().write([](Tx& tx) {
    tx.exec(add_account);
    tx.exec(add_case);
  });
  const Table accounts = table("accounts");
  const Table decisions = table("moderation_decisions");
  db().write([&](Tx& tx) { tx.exec("DELETE FROM changes"); });
  db().write([&](Tx& tx) {
    TableLoader loader(tx, {accounts, decisions});
    loader.finish();
  });
  EXPECT_EQ(0, count("SELECT COUNT(*) FROM accounts"));
  EXPECT_EQ(0, count("SELECT COUNT(*) FROM moderation_decisions"));
  EXPECT_EQ(0, count("SELECT COUNT(*) FROM changes"));
  db().write([](Tx& tx) {
    tx.exec(add_account);
    tx.exec(add_case);
  });
  EXPECT_THROW(db().write([](Tx& tx) { tx.exec("DELETE FROM moderation_decisions"); }),
               DatabaseError);
  db().write([](Tx& tx) { tx.exec("DELETE FROM accounts"); });
  EXPECT_EQ(1, count("SELECT COUNT(*) FROM changes"));
}

TEST_P(TablesTest, NumbersThatTheEngineGivesGoOnBehindThoseThatWereLoaded) {
  const Table activity = table("activity");
  db().write([&](Tx& tx) {
    TableLoader loader(tx, {activity});
    loader.begin(activity, activity.columns);
    for (std::int64_t seq : {5, 9}) {  // account, actor, comment, created, kind, photo, seq
      loader.row(std::vector<Param>{1, 2, 0, 1, 1, 3, seq});
    }
    loader.end();
    loader.finish();
  });
  db().write([](Tx& tx) {
    tx.exec(
        "INSERT INTO activity (kind, actor_id, account_id, photo_id, comment_id, created_at)"
        " VALUES (1, 2, 1, 3, 0, 1)");
  });
  EXPECT_EQ(10, count("SELECT MAX(seq) FROM activity"));
}

// A transaction that fails leaves everything as it was, the triggers included.
TEST_P(TablesTest, ALoadThatFailsChangesNothing) {
  db().write([](Tx& tx) { tx.exec(add_account); });
  const Table accounts = table("accounts");
  db().run_write([&](Tx& tx) {
    TableLoader loader(tx, {accounts});
    return false;
  });
  EXPECT_EQ(1, count("SELECT COUNT(*) FROM accounts"));
  db().write([](Tx& tx) { tx.exec("DELETE FROM accounts"); });
  EXPECT_EQ(1, count("SELECT COUNT(*) FROM changes"));
}

}  // namespace
}  // namespace picsharz::db
