// What only PostgreSQL's side has: a pool, lost connections, conflicts that are run again.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "db/database.h"
#include "support/test_database.h"

namespace picsharz::db {
namespace {

constexpr auto integer = [](const Row& row) { return row.integer(0); };

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* reason = test::missing(Engine::postgres)) GTEST_SKIP() << reason;
    db_ = std::make_unique<test::TestDatabase>(Engine::postgres);
    db().write([](Tx& tx) {
      tx.exec("CREATE TABLE things (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)");
      tx.exec("INSERT INTO things (id, value) VALUES (1, 0)");
    });
  }

  test::TestDatabase& db() { return *db_; }
  std::int64_t value() {
    return *db().read([](Tx& tx) { return tx.one("SELECT value FROM things", integer); });
  }
  static std::int64_t add_one(Tx& tx) {
    return tx.exec("UPDATE things SET value = value + 1 WHERE id = 1");
  }
  static std::int64_t backend(Tx& tx) { return *tx.one("SELECT pg_backend_pid()", integer); }

  // Ends connections to this test's database, as a server does that restarts.
  void end_backend(std::int64_t pid) {
    const auto other = open_postgres({.url = db_->url(), .pool = 1});
    other->read([&](Tx& tx) { tx.exec("SELECT pg_terminate_backend($1, 60000)", pid); });
  }
  void end_all_backends() {
    const auto other = open_postgres({.url = db_->url(), .pool = 1});
    other->read([](Tx& tx) {
      tx.exec(
          "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
          "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    });
  }

 private:
  std::unique_ptr<test::TestDatabase> db_;
};

// Uses several connections at once, so that they are all in the pool.
void fill_pool(Database& db, int connections) {
  std::atomic<int> inside{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back([&] {
      db.read([&](Tx& tx) {
        tx.exec("SELECT 1");
        ++inside;
        while (inside < connections) std::this_thread::yield();
      });
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST_F(PostgresTest, AReadAfterTheServerEndedItsConnectionsWorks) {
  fill_pool(db(), 8);
  end_all_backends();
  EXPECT_EQ(0, value());
  EXPECT_GE(db().stats().retries, 1);
}

TEST_F(PostgresTest, AWriteAfterTheServerEndedItsConnectionsIsDoneOnce) {
  fill_pool(db(), 8);
  end_all_backends();
  db().write(add_one);
  EXPECT_EQ(1, value());
}

TEST_F(PostgresTest, AWriteWhoseConnectionIsLostBeforeCommitIsRunAgain) {
  int runs = 0;
  db().write([&](Tx& tx) {
    add_one(tx);
    if (++runs == 1) end_backend(backend(tx));
    add_one(tx);
  });
  EXPECT_EQ(2, runs);
  EXPECT_EQ(2, value());
}

TEST_F(PostgresTest, AReadThatHasSeenRowsIsNotRunAgain) {
  int runs = 0;
  EXPECT_THROW(db().read([&](Tx& tx) {
    ++runs;
    end_backend(backend(tx));
    tx.exec("SELECT id FROM things");
  }),
               DatabaseError);
  EXPECT_EQ(1, runs);
  EXPECT_EQ(0, value());
}

TEST_F(PostgresTest, ACommitOfUnknownOutcomeIsReportedAndNotRunAgain) {
  db().write([](Tx& tx) {
    tx.script(
        "CREATE FUNCTION end_me() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON things DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION end_me()");
  });
  int runs = 0;
  try {
    db().write([&](Tx& tx) {
      ++runs;
      add_one(tx);
    });
    FAIL() << "nothing was thrown";
  } catch (const DatabaseError& error) {
    EXPECT_NE(std::string::npos, std::string(error.what()).find("unknown")) << error.what();
  }
  EXPECT_EQ(1, runs);
  db().write([](Tx& tx) { tx.script("DROP FUNCTION end_me() CASCADE"); });
}

TEST_F(PostgresTest, AConflictIsRunAgainUntilItSucceeds) {
  int runs = 0;
  db().write([&](Tx& tx) {
    add_one(tx);
    if (++runs < 4) tx.script("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$");
  });
  EXPECT_EQ(4, runs);
  EXPECT_EQ(1, value());
  EXPECT_EQ(3, db().stats().retries);
}

TEST_F(PostgresTest, AConflictThatStaysIsGivenUp) {
  int runs = 0;
  EXPECT_THROW(db().write([&](Tx& tx) {
    ++runs;
    tx.script("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$");
  }),
               DatabaseError);
  EXPECT_EQ(8, runs);
}

// What a page reads must not cost the start of a process, a compiler or a planner.
TEST_F(PostgresTest, NoStatementIsHelpedForMoreThanItCosts) {
  const auto shown = [this](const std::string& setting) {
    return db()
        .read([&](Tx& tx) {
          return tx.one(
              "SELECT current_setting($1)", [](const Row& row) { return std::string(row.text(0)); },
              setting);
        })
        .value();
  };
  EXPECT_EQ("0", shown("max_parallel_workers_per_gather"));
  EXPECT_EQ("off", shown("jit"));
  EXPECT_EQ("force_generic_plan", shown("plan_cache_mode"));
}

TEST_F(PostgresTest, RealSerializationConflictsLoseNothing) {
  const auto serializable = open_postgres(
      {.url = db().url() + "?options=-c%20default_transaction_isolation%3Dserializable"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        // Who loses as often in a row as is tried is told so, has written nothing, and goes on.
        for (int told = 0;; ++told) {
          try {
            serializable->write([](Tx& tx) {
              const auto old = tx.one("SELECT value FROM things WHERE id = 1", integer);
              tx.exec("UPDATE things SET value = $1 WHERE id = 1", *old + 1);
            });
            break;
          } catch (const DatabaseError& failure) {
            if (told == 100) return ADD_FAILURE() << failure.what();
          }
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(40, value());
}

TEST_F(PostgresTest, AFailedStatementThatWasSwallowedCannotBeCommitted) {
  EXPECT_THROW(db().write([](Tx& tx) {
    add_one(tx);
    try {
      tx.exec("INSERT INTO things (id, value) VALUES (1, 1)");
    } catch (const DatabaseError&) {
    }
  }),
               DatabaseError);
  EXPECT_EQ(0, value());
}

TEST_F(PostgresTest, ThePoolIsBoundedAndSharedByManyThreads) {
  db().reopen(2);
  std::atomic<std::int64_t> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        db().write([&](Tx& tx) {
          add_one(tx);
          const auto in_use = db().stats().pool_in_use;
          for (auto seen = most.load();
               seen < in_use && !most.compare_exchange_weak(seen, in_use);) {
          }
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(16 * 20, value());
  EXPECT_LE(most, 2);
}

TEST_F(PostgresTest, ABadValueIsNotQuotedInTheError) {
  try {
    db().read([](Tx& tx) { tx.exec("SELECT CAST($1 AS BIGINT)", "secret"); });
    FAIL() << "nothing was thrown";
  } catch (const DatabaseError& error) {
    const std::string message = error.what();
    EXPECT_NE(std::string::npos, message.find("22P02")) << message;
    EXPECT_EQ(std::string::npos, message.find("secret")) << message;
  }
}

TEST_F(PostgresTest, ATableThatChangedDoesNotBreakItsStatementsForEver) {
  const auto all = [&] {
    return db().read([](Tx& tx) { return tx.exec("SELECT * FROM things"); });
  };
  EXPECT_EQ(1, all());
  db().write([](Tx& tx) { tx.exec("ALTER TABLE things ADD COLUMN more TEXT"); });
  try {
    all();
  } catch (const DatabaseError&) {  // "cached plan must not change result type", once a connection
  }
  EXPECT_EQ(1, all());
}

// No server is needed.
TEST(PostgresDown, OpeningWorksAndCallsFail) {
  const auto db = open_postgres({.url = "postgres://nobody@127.0.0.1:1/nothing", .pool = 2});
  for (int i = 0; i < 5; ++i) {
    EXPECT_THROW(db->read([](Tx&) {}), DatabaseError);
    EXPECT_THROW(db->write([](Tx&) {}), DatabaseError);
  }
  EXPECT_EQ(0, db->stats().pool_in_use);
}

TEST(PostgresDown, AnAsynchronousWriteTellsItsFailure) {
  std::atomic<int> failures{0};
  {
    const auto db = open_postgres({.url = "postgres://nobody@127.0.0.1:1/nothing", .pool = 2});
    for (int i = 0; i < 10; ++i) {
      db->run_write_async([](Tx&) { return true; },
                          [&](std::exception_ptr failure) { failures += failure ? 1 : 0; });
    }
  }
  EXPECT_EQ(10, failures);
}

}  // namespace
}  // namespace picsharz::db
