// What every Database promises, run on SQLite and on PostgreSQL alike.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "db/database.h"
#include "support/temporary_root.h"
#include "support/test_database.h"

namespace picsharz::db {
namespace {

using namespace std::string_literals;

constexpr auto integer = [](const Row& row) { return row.integer(0); };
constexpr auto text = [](const Row& row) { return row.string(0); };

// Counts how many times something happened on other threads, and waits for it.
class Countdown {
 public:
  explicit Countdown(int count) : left_(count) {}
  void arrive() {
    const std::lock_guard lock(mutex_);
    --left_;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return left_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int left_;
};

class DatabaseContract : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    db().write([](Tx& tx) {
      tx.exec("CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, value BIGINT)");
      tx.exec("CREATE TABLE kinds (id BIGINT PRIMARY KEY, t TEXT, r DOUBLE PRECISION, b BYTEA)");
    });
  }

  void put(std::int64_t id, const std::string& name, std::int64_t value) {
    db().write([&](Tx& tx) {
      tx.exec("INSERT INTO things (id, name, value) VALUES ($1, $2, $3)", id, name, value);
    });
  }
  std::int64_t count() {
    return *db().read([](Tx& tx) { return tx.one("SELECT COUNT(*) FROM things", integer); });
  }
  std::int64_t value_of(std::int64_t id) {
    return *db().read(
        [&](Tx& tx) { return tx.one("SELECT value FROM things WHERE id = $1", integer, id); });
  }
};
ON_BOTH_ENGINES(DatabaseContract);

// SQLite numbers $2, $1 by first appearance.
TEST_P(DatabaseContract, ParametersAreBoundByNumberNotByAppearance) {
  db().write([](Tx& tx) {
    EXPECT_EQ(1, tx.exec("INSERT INTO things (name, id) VALUES ($2, $1)", 7, "seven"));
  });
  const auto name =
      db().read([](Tx& tx) { return tx.one("SELECT name FROM things WHERE id = $1", text, 7); });
  EXPECT_EQ("seven", name);
}

TEST_P(DatabaseContract, AParameterMayBeUsedTwice) {
  put(3, "three", 3);
  const auto found = db().read([](Tx& tx) {
    return tx.one("SELECT id FROM things WHERE name = $2 AND value = $1 AND id = $1", integer, 3,
                  "three");
  });
  EXPECT_EQ(3, found);
}

TEST_P(DatabaseContract, MoreThanNineParametersKeepTheirNumbers) {
  const auto sum = db().read([](Tx& tx) {
    return tx.one(
        "SELECT CAST($11 AS BIGINT) * 1000 + CAST($1 AS BIGINT) * 100 + CAST($10 AS BIGINT) + 0 * "
        "(CAST($2 AS BIGINT) + CAST($3 AS BIGINT) + CAST($4 AS BIGINT) + CAST($5 AS BIGINT) + "
        "CAST($6 AS BIGINT) + CAST($7 AS BIGINT) + CAST($8 AS BIGINT) + CAST($9 AS BIGINT))",
        integer, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  });
  EXPECT_EQ(11110, sum);
}

TEST_P(DatabaseContract, TextComesBackAsItWas) {
  const std::vector<std::string> texts = {
      "",        "a", "Grüße, 日本語, 📷", "it's \"quoted\" \\ $1 %", std::string(100'000, 'x'),
      "\x7f\n\t"};
  db().write([&](Tx& tx) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      tx.exec("INSERT INTO kinds (id, t) VALUES ($1, $2)", static_cast<std::int64_t>(i), texts[i]);
    }
  });
  const auto found =
      db().read([](Tx& tx) { return tx.all("SELECT t FROM kinds ORDER BY id", text); });
  EXPECT_EQ(texts, found);
}

TEST_P(DatabaseContract, AnEmptyTextIsNotNull) {
  db().write([](Tx& tx) {
    tx.exec("INSERT INTO kinds (id, t, b) VALUES (1, $1, $2)", std::string_view(),
            Param::bytes(std::string_view()));
    tx.exec("INSERT INTO kinds (id, t, b) VALUES (2, $1, $2)", nullptr, nullptr);
  });
  db().read([](Tx& tx) {
    std::vector<bool> nulls;
    tx.each("SELECT t, b FROM kinds ORDER BY id", [&](const Row& row) {
      EXPECT_EQ("", row.text(0));
      EXPECT_EQ("", row.bytes(1));
      nulls.push_back(row.null(0));
      nulls.push_back(row.null(1));
    });
    EXPECT_EQ((std::vector<bool>{false, false, true, true}), nulls);
  });
}

TEST_P(DatabaseContract, TextWithANulIsRefusedOnBoth) {
  EXPECT_THROW(put(1, "a\0b"s, 1), DatabaseError);
  EXPECT_EQ(0, count());
}

TEST_P(DatabaseContract, BytesComeBackAsTheyWere) {
  std::string all;
  for (int round = 0; round < 5; ++round) {
    for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  }
  db().write([&](Tx& tx) {
    tx.exec("INSERT INTO kinds (id, b) VALUES (1, $1), (2, $2)", Param::bytes(all),
            Param::bytes("\\x00 'no escape'"));
  });
  db().read([&](Tx& tx) {
    std::vector<std::string> found;
    tx.each(
        "SELECT b, id, b FROM kinds WHERE b = $1 OR id = 2 ORDER BY id",
        [&](const Row& row) {
          const auto first = row.bytes(0);  // stays valid while another column is read
          EXPECT_EQ(first, row.bytes(2));
          found.emplace_back(first);
        },
        Param::bytes(all));
    EXPECT_EQ((std::vector<std::string>{all, "\\x00 'no escape'"}), found);
  });
}

TEST_P(DatabaseContract, IntegersHave64Bits) {
  const std::vector<std::int64_t> extremes = {
      std::numeric_limits<std::int64_t>::min(), -1, 0, 1, (1LL << 53) + 1,
      std::numeric_limits<std::int64_t>::max()};
  db().write([&](Tx& tx) {
    for (const auto id : extremes) tx.exec("INSERT INTO things (id) VALUES ($1)", id);
  });
  const auto found =
      db().read([](Tx& tx) { return tx.all("SELECT id FROM things ORDER BY id", integer); });
  EXPECT_EQ(extremes, found);
}

TEST_P(DatabaseContract, DoublesComeBackBitForBit) {
  const std::vector<double> values = {0.1, -2.5e-300, 1.7976931348623157e308, 5e-324, 1.0 / 3, 2};
  db().write([&](Tx& tx) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      tx.exec("INSERT INTO kinds (id, r) VALUES ($1, $2)", static_cast<std::int64_t>(i), values[i]);
    }
  });
  const auto found = db().read([](Tx& tx) {
    return tx.all("SELECT r FROM kinds ORDER BY id", [](const Row& row) { return row.real(0); });
  });
  EXPECT_EQ(values, found);
}

TEST_P(DatabaseContract, TruthSumsAndAveragesReadAlike) {
  put(1, "a", 2);
  put(2, "b", 5);
  db().read([](Tx& tx) {
    int rows = 0;
    tx.each(
        "SELECT EXISTS (SELECT 1 FROM things), SUM(value), AVG(value), COUNT(*), "
        "(SELECT SUM(value) FROM things WHERE id > 9), 1 = 2 FROM things",
        [&](const Row& row) {
          ++rows;
          EXPECT_TRUE(row.truth(0));
          EXPECT_EQ(7, row.integer(1));
          EXPECT_DOUBLE_EQ(3.5, row.real(2));
          EXPECT_EQ(3, row.integer(2));
          EXPECT_EQ(2, row.integer(3));
          EXPECT_TRUE(row.null(4));
          EXPECT_EQ(0, row.integer(4));
          EXPECT_EQ(std::nullopt, row.maybe_integer(4));
          EXPECT_FALSE(row.truth(5));
        });
    EXPECT_EQ(1, rows);
  });
}

enum class Colour { red = 1, blue = 2 };

TEST_P(DatabaseContract, OptionalIdEnumAndBoolAreParameters) {
  db().write([](Tx& tx) {
    tx.exec("INSERT INTO things (id, name, value) VALUES ($1, $2, $3)", PhotoId{5},
            std::optional<std::string>(), Colour::blue);
    tx.exec("INSERT INTO things (id, name, value) VALUES ($1, $2, $3)", AccountId{6},
            std::optional<std::string>("six"), true);
    // The same statement with other types of values: null and text in one place.
    tx.exec("INSERT INTO things (id, name, value) VALUES ($1, $2, $3)", 7, nullptr,
            std::optional<std::int64_t>());
  });
  db().read([](Tx& tx) {
    std::vector<std::optional<std::string>> names;
    tx.each("SELECT id, name, value FROM things ORDER BY id", [&](const Row& row) {
      names.push_back(row.maybe_string(1));
      if (row.id<PhotoId>(0) == PhotoId{5}) {
        EXPECT_EQ(Colour::blue, row.as<Colour>(2));
      }
    });
    EXPECT_EQ((std::vector<std::optional<std::string>>{std::nullopt, "six", std::nullopt}), names);
    const auto same = tx.all("SELECT id FROM things WHERE name IS NOT DISTINCT FROM $1 ORDER BY id",
                             integer, std::optional<std::string>());
    EXPECT_EQ((std::vector<std::int64_t>{5, 7}), same);
  });
}

TEST_P(DatabaseContract, RunReturnsTheNumberOfRows) {
  db().write([](Tx& tx) {
    EXPECT_EQ(3, tx.exec("INSERT INTO things (id, value) VALUES (1, 1), (2, 1), (3, 2)"));
    EXPECT_EQ(2, tx.exec("UPDATE things SET value = 9 WHERE value = $1", 1));
    EXPECT_EQ(0, tx.exec("UPDATE things SET value = 9 WHERE value = $1", 1));
    EXPECT_EQ(0, tx.exec("DELETE FROM things WHERE id = $1", 99));
    EXPECT_EQ(3, tx.exec("SELECT id FROM things"));
    EXPECT_EQ(1, tx.exec("DELETE FROM things WHERE id = $1", 3));
    EXPECT_EQ(0, tx.exec("CREATE INDEX things_value ON things (value)"));
  });
  EXPECT_EQ(2, count());
}

TEST_P(DatabaseContract, ReturningGivesTheRows) {
  put(1, "one", 10);
  db().write([](Tx& tx) {
    const auto value =
        tx.one("UPDATE things SET value = value + $2 WHERE id = $1 RETURNING value", integer, 1, 5);
    EXPECT_EQ(15, value);
    EXPECT_EQ(std::nullopt, tx.one("DELETE FROM things WHERE id = $1 RETURNING id", integer, 2));
    EXPECT_EQ(1, tx.exec("DELETE FROM things WHERE id = $1 RETURNING id", 1));
  });
}

TEST_P(DatabaseContract, ATakenNameIsAnEmptyAnswerAndNoError) {
  const auto insert = [&](int id) {
    return db().write([&](Tx& tx) {
      return tx.one(
          "INSERT INTO things (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id",
          integer, id, "anna");
    });
  };
  EXPECT_EQ(1, insert(1));
  EXPECT_EQ(std::nullopt, insert(2));
  EXPECT_EQ(1, count());
}

TEST_P(DatabaseContract, KeysetPagesWithRowValues) {
  db().write([](Tx& tx) {
    for (int id = 1; id <= 10; ++id) {
      tx.exec("INSERT INTO things (id, value) VALUES ($1, $2)", id, id / 3);
    }
  });
  const auto page = db().read([](Tx& tx) {
    return tx.all(
        "SELECT id FROM things WHERE (value, id) < ($1, $2) ORDER BY value DESC, id DESC LIMIT $3",
        integer, 2, 7, 3);
  });
  EXPECT_EQ((std::vector<std::int64_t>{6, 5, 4}), page);
}

TEST_P(DatabaseContract, FalseRollsBack) {
  db().run_write([](Tx& tx) {
    tx.exec("INSERT INTO things (id) VALUES (1)");
    return false;
  });
  EXPECT_EQ(0, count());
}

TEST_P(DatabaseContract, AnExceptionRollsBackAndReachesTheCaller) {
  try {
    db().write([](Tx& tx) {
      tx.exec("INSERT INTO things (id) VALUES (1)");
      throw std::out_of_range("mine");
    });
    FAIL() << "nothing was thrown";
  } catch (const std::out_of_range& mine) {
    EXPECT_STREQ("mine", mine.what());
  }
  EXPECT_EQ(0, count());
}

TEST_P(DatabaseContract, AResultWithAnErrorRollsBack) {
  const auto result = db().write([](Tx& tx) -> Result<int> {
    tx.exec("INSERT INTO things (id) VALUES (1)");
    return fail(ErrorKind::conflict, "no", "No.", "Do not.");
  });
  ASSERT_FALSE(result);
  EXPECT_EQ("no", result.error().code);
  EXPECT_EQ(0, count());
  EXPECT_EQ(4, db().write([](Tx& tx) -> Result<int> {
    tx.exec("INSERT INTO things (id) VALUES (1)");
    return 4;
  }));
  EXPECT_EQ(1, count());
}

TEST_P(DatabaseContract, AConstraintIsADatabaseErrorWithoutTheValue) {
  put(1, "very-secret", 1);
  try {
    put(2, "very-secret", 2);
    FAIL() << "nothing was thrown";
  } catch (const DatabaseError& error) {
    const std::string message = error.what();
    const auto code = db().engine() == Engine::sqlite ? "2067" : "23505";
    EXPECT_NE(std::string::npos, message.find(code)) << message;
    EXPECT_EQ(std::string::npos, message.find("very-secret")) << message;
  }
  EXPECT_EQ(1, count());
}

TEST_P(DatabaseContract, AWrongStatementIsADatabaseErrorAndTheNextOneWorks) {
  EXPECT_THROW(db().read([](Tx& tx) { tx.exec("SELECT nothing FROM nowhere"); }), DatabaseError);
  EXPECT_THROW(db().write([](Tx& tx) { tx.exec("SELEKT 1"); }), DatabaseError);
  // A name in double quotes is a column on both, never a text.
  EXPECT_THROW(db().read([](Tx& tx) { tx.exec("SELECT \"no such column\""); }), DatabaseError);
  EXPECT_EQ(0, count());
}

TEST_P(DatabaseContract, ForeignKeysAreKept) {
  EXPECT_THROW(db().write([](Tx& tx) {
    tx.exec("CREATE TABLE parts (thing_id BIGINT NOT NULL REFERENCES things (id))");
    tx.exec("INSERT INTO parts (thing_id) VALUES (1)");
  }),
               DatabaseError);
}

TEST_P(DatabaseContract, StatementsNest) {
  for (int id = 1; id <= 3; ++id) put(id, "n" + std::to_string(id), id);
  const auto visit = [](Tx& tx, auto&& each) {
    tx.each("SELECT id, name FROM things WHERE id >= $1 ORDER BY id", each, 1);
  };
  db().read([&](Tx& tx) {
    std::string seen;
    visit(tx, [&](const Row& outer) {
      seen += outer.text(1);
      visit(tx, [&](const Row& inner) { seen += std::to_string(inner.integer(0)); });
      seen += outer.text(1).substr(0, 1);  // the outer row is still there
    });
    EXPECT_EQ("n1123nn2123nn3123n", seen);
  });
}

TEST_P(DatabaseContract, ARowCallbackMayThrow) {
  for (int id = 1; id <= 3; ++id) put(id, "n" + std::to_string(id), id);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THROW(db().read([](Tx& tx) {
      tx.each("SELECT id FROM things", [](const Row&) { throw std::runtime_error("stop"); });
    }),
                 std::runtime_error);
  }
  EXPECT_EQ(3, count());
}

TEST_P(DatabaseContract, NothingIsWrittenInARead) {
  EXPECT_THROW(db().read([](Tx& tx) { tx.exec("INSERT INTO things (id) VALUES (1)"); }),
               DatabaseError);
  EXPECT_EQ(0, count());
}

TEST_P(DatabaseContract, AReadInsideAWriteSeesWhatWasCommittedBefore) {
  put(1, "one", 1);
  db().write([&](Tx& tx) {
    tx.exec("UPDATE things SET value = 2 WHERE id = 1");
    EXPECT_EQ(1, value_of(1));
    EXPECT_EQ(2, tx.one("SELECT value FROM things WHERE id = 1", integer));
  });
  EXPECT_EQ(2, value_of(1));
}

TEST_P(DatabaseContract, AWriteInsideAWriteStopsTheProgram) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const test::TemporaryRoot root;
  EXPECT_DEATH(db().write([&](Tx&) { db().write([](Tx&) {}); }), "a write inside a write");
}

TEST_P(DatabaseContract, ParametersThatDoNotFitStopTheProgram) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const test::TemporaryRoot root;
  const auto read = [&](auto&& work) { db().read(work); };
  EXPECT_DEATH(read([](Tx& tx) { tx.exec("SELECT id FROM things WHERE id = $1"); }),
               "number of parameters");
  EXPECT_DEATH(read([](Tx& tx) { tx.exec("SELECT id FROM things", 1); }), "number of parameters");
  EXPECT_DEATH(read([](Tx& tx) { tx.each("SELECT 1", [](const Row& r) { r.integer(1); }); }),
               "does not return");
}

TEST_P(DatabaseContract, AReadSeesOneSnapshotWhileWritesGoOn) {
  put(1, "one", 1);
  db().read([&](Tx& tx) {
    EXPECT_EQ(1, tx.one("SELECT value FROM things WHERE id = $1", integer, 1));
    std::thread([&] {
      db().write([](Tx& other) { other.exec("UPDATE things SET value = 2 WHERE id = 1"); });
    }).join();
    EXPECT_EQ(1, tx.one("SELECT value FROM things WHERE id = $1", integer, 1));
  });
  EXPECT_EQ(2, value_of(1));
}

TEST_P(DatabaseContract, WhatAWriteReturnedIsSeenByEveryReader) {
  put(1, "one", 0);
  for (int round = 1; round <= 50; ++round) {
    db().write([&](Tx& tx) { tx.exec("UPDATE things SET value = $1 WHERE id = 1", round); });
    std::int64_t seen = 0;
    std::thread([&] { seen = value_of(1); }).join();
    ASSERT_EQ(round, seen);
  }
}

TEST_P(DatabaseContract, ThirtyTwoThreadsCountExactly) {
  constexpr int threads = 32;
  constexpr int each = 200;
  put(1, "counter", 0);
  const auto before = db().stats();
  std::vector<std::thread> writers;
  for (int i = 0; i < threads; ++i) {
    writers.emplace_back([&] {
      for (int n = 0; n < each; ++n) {
        db().write([](Tx& tx) {
          EXPECT_EQ(1, tx.exec("UPDATE things SET value = value + 1 WHERE id = $1", 1));
        });
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(threads * each, value_of(1));
  const auto after = db().stats();
  EXPECT_EQ(threads * each, after.writes - before.writes);
  EXPECT_EQ(0, after.write_queue);
  EXPECT_EQ(0, after.pool_in_use);
  if (db().engine() == Engine::sqlite) {
    EXPECT_LT(after.commits - before.commits, after.writes - before.writes);
  }
}

TEST_P(DatabaseContract, AFailureAmongManyTakesNoOtherWithIt) {
  constexpr int writes = 300;
  std::atomic<int> thrown{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 10; ++i) {
    threads.emplace_back([&, i] {
      for (int n = i; n < writes; n += 10) {
        try {
          db().run_write([&](Tx& tx) {
            tx.exec("INSERT INTO things (id) VALUES ($1)", n);
            if (n % 3 == 0) throw std::runtime_error("mine");
            if (n % 3 == 1) tx.exec("INSERT INTO things (id) VALUES ($1 + 1000)", n);
            return n % 3 == 1;
          });
          if (n % 3 == 2) ++refused;
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(writes / 3, thrown);
  EXPECT_EQ(writes / 3, refused);
  EXPECT_EQ(2 * writes / 3, count());
  const auto wrong = db().read([](Tx& tx) {
    return tx.one("SELECT COUNT(*) FROM things WHERE id % 3 <> 1 AND id < 1000", integer);
  });
  EXPECT_EQ(0, wrong);
}

TEST_P(DatabaseContract, AsynchronousWritesCompleteWithTheirOutcome) {
  constexpr int writes = 200;
  Countdown finished(writes);
  std::atomic<int> failures{0};
  for (int i = 0; i < writes; ++i) {
    db().run_write_async(
        [i](Tx& tx) {
          tx.exec("INSERT INTO things (id) VALUES ($1)", i / 2);  // every second one is taken
          return true;
        },
        [&](std::exception_ptr failure) {
          if (failure) ++failures;
          finished.arrive();
        });
  }
  ASSERT_TRUE(finished.wait());
  EXPECT_EQ(writes / 2, failures);
  EXPECT_EQ(writes / 2, count());
}

TEST_P(DatabaseContract, AnAsynchronousWriteIsDurableWhenItIsDone) {
  Countdown finished(1);
  std::int64_t seen = -1;
  db().run_write_async(
      [](Tx& tx) {
        tx.exec("INSERT INTO things (id) VALUES (1)");
        return true;
      },
      [&](std::exception_ptr) {
        seen = count();
        finished.arrive();
      });
  ASSERT_TRUE(finished.wait());
  EXPECT_EQ(1, seen);
}

TEST_P(DatabaseContract, ClosingAppliesWhatIsQueued) {
  std::atomic<int> done{0};
  for (int i = 0; i < 50; ++i) {
    db().run_write_async([i](Tx& tx) { return tx.exec("INSERT INTO things (id) VALUES ($1)", i); },
                         [&](std::exception_ptr failure) { done += failure ? 0 : 1; });
  }
  db().reopen();
  EXPECT_EQ(50, done);
  EXPECT_EQ(50, count());
}

TEST_P(DatabaseContract, BigResultsArriveWhole) {
  constexpr std::int64_t rows = 100'000;
  db().write([&](Tx& tx) {
    tx.exec(
        "INSERT INTO things (id, value) WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL "
        "SELECT n + 1 FROM numbers WHERE n < $1) SELECT n, n FROM numbers",
        rows);
  });
  std::int64_t sum = 0;
  const auto returned = db().read([&](Tx& tx) {
    return tx.each("SELECT value FROM things", [&](const Row& row) { sum += row.integer(0); });
  });
  EXPECT_EQ(rows, returned);
  EXPECT_EQ(rows * (rows + 1) / 2, sum);
}

TEST_P(DatabaseContract, ReopeningFindsEverything) {
  put(1, "one", 1);
  db().reopen();
  EXPECT_EQ(1, value_of(1));
  put(2, "two", 2);
  EXPECT_EQ(2, count());
}

TEST_P(DatabaseContract, StatsCount) {
  const auto before = db().stats();
  put(1, "one", 1);
  db().run_write([](Tx&) { return false; });
  count();
  db().read([&](Tx& tx) {
    tx.exec("SELECT 1");
    EXPECT_EQ(1, db().stats().pool_in_use);
  });
  const auto after = db().stats();
  EXPECT_EQ(2, after.reads - before.reads);
  EXPECT_EQ(2, after.writes - before.writes);
  EXPECT_GE(after.commits - before.commits, 1);
}

}  // namespace
}  // namespace picsharz::db
