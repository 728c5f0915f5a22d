// What only SQLite's side has: group commit, its one writer, the write-ahead log, other processes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "db/database.h"
#include "support/temporary_root.h"
#include "support/test_database.h"

namespace picsharz::db {
namespace {

constexpr auto integer = [](const Row& row) { return row.integer(0); };
constexpr auto text = [](const Row& row) { return row.string(0); };

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() : db_(Engine::sqlite, test::Schema::empty) {
    db_.write([](Tx& tx) { tx.exec("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)"); });
  }

  test::TestDatabase& db() { return db_; }
  std::int64_t count() {
    return *db().read([](Tx& tx) { return tx.one("SELECT COUNT(*) FROM things", integer); });
  }
  std::vector<std::int64_t> ids() {
    return db().read([](Tx& tx) { return tx.all("SELECT id FROM things ORDER BY id", integer); });
  }
  static bool insert(Tx& tx, std::int64_t id) {
    tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", id, std::string(100, 'x'));
    return true;
  }
  std::uintmax_t log_bytes() { return std::filesystem::file_size(db_.path() + "-wal"); }

 private:
  test::TestDatabase db_;
};

// Keeps the writer busy, so that what is queued meanwhile becomes one batch.
class Gate {
 public:
  explicit Gate(Database& database) {
    std::promise<void> entered;
    auto waiting = entered.get_future();
    database.run_write_async(
        [this, &entered](Tx&) {
          entered.set_value();
          opened_.get_future().wait();
          return true;
        },
        [](std::exception_ptr) {});
    waiting.wait();
  }
  void open() { opened_.set_value(); }

 private:
  std::promise<void> opened_;
};

// The outcomes of a batch, complete when wait() returns.
class Outcomes {
 public:
  explicit Outcomes(std::size_t expected) : expected_(expected) {}
  Database::Done next() {
    return [this](std::exception_ptr failure) {
      const std::lock_guard lock(mutex_);
      failed_.push_back(failure != nullptr);
      changed_.notify_one();
    };
  }
  std::vector<bool> wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_.size() == expected_; });
    return failed_;
  }

 private:
  const std::size_t expected_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> failed_;
};

TEST_F(SqliteTest, WhatIsQueuedTogetherIsCommittedTogether) {
  const auto before = db().stats();
  Gate gate(db());
  Outcomes outcomes(100);
  for (int i = 0; i < 100; ++i) {
    db().run_write_async([i](Tx& tx) { return insert(tx, i); }, outcomes.next());
  }
  EXPECT_EQ(100, db().stats().write_queue);
  gate.open();
  EXPECT_EQ(std::vector<bool>(100, false), outcomes.wait());
  EXPECT_EQ(2, db().stats().commits - before.commits);  // the gate's and that of the hundred
  EXPECT_EQ(100, count());
}

TEST_F(SqliteTest, AFailedCommitReachesEveryCallerOfItsBatch) {
  db().write([](Tx& tx) {
    tx.exec(
        "CREATE TABLE parts (thing_id INTEGER REFERENCES things (id) DEFERRABLE INITIALLY "
        "DEFERRED)");
  });
  Gate gate(db());
  Outcomes outcomes(3);
  db().run_write_async([](Tx& tx) { return insert(tx, 1); }, outcomes.next());
  // Deferred: it is found wrong by COMMIT, not by the statement.
  db().run_write_async([](Tx& tx) { return tx.exec("INSERT INTO parts VALUES (99)") == 1; },
                       outcomes.next());
  db().run_write_async([](Tx&) { return false; }, outcomes.next());
  gate.open();
  EXPECT_EQ((std::vector<bool>{true, true, true}), outcomes.wait());
  EXPECT_EQ(0, count());
  db().write([](Tx& tx) { insert(tx, 2); });
  EXPECT_EQ(1, count());
}

TEST_F(SqliteTest, AFullDiskIsReportedAndTheNextWriteWorks) {
  Gate gate(db());
  Outcomes outcomes(2);
  db().run_write_async([](Tx& tx) { return insert(tx, 1); }, outcomes.next());
  db().run_write_async(
      [](Tx& tx) {
        tx.script("PRAGMA max_page_count = 1");  // the size it has now: no page more
        for (int i = 10; i < 1000; ++i) insert(tx, i);
        return true;
      },
      outcomes.next());
  gate.open();
  EXPECT_TRUE(outcomes.wait().back());
  db().write([](Tx& tx) { insert(tx, 5); });
  const auto rows = db().read(
      [](Tx& tx) { return tx.one("SELECT COUNT(*) FROM things WHERE id >= 10", integer); });
  EXPECT_EQ(0, rows);
}

TEST_F(SqliteTest, AFullQueueRefusesAtOnce) {
  Gate gate(db());
  constexpr int limit = 10'000;
  Outcomes outcomes(limit);
  for (int i = 0; i < limit; ++i) {
    db().run_write_async([i](Tx& tx) { return insert(tx, i); }, outcomes.next());
  }
  EXPECT_THROW(db().run_write([](Tx&) { return true; }), DatabaseError);
  EXPECT_THROW(db().run_write_async([](Tx&) { return true; }, [](std::exception_ptr) {}),
               DatabaseError);
  gate.open();
  outcomes.wait();
  EXPECT_EQ(limit, count());
}

TEST_F(SqliteTest, DoneMayQueueTheNextWrite) {
  std::promise<void> finished;
  db().run_write_async([](Tx& tx) { return insert(tx, 1); },
                       [&](std::exception_ptr) {
                         db().run_write_async([](Tx& tx) { return insert(tx, 2); },
                                              [&](std::exception_ptr) { finished.set_value(); });
                       });
  finished.get_future().wait();
  EXPECT_EQ(2, count());
}

// Asynchronous writes share a transaction without savepoints until one fails.
TEST_F(SqliteTest, WhatIsRefusedInABatchTakesNoOtherWithIt) {
  Gate gate(db());
  Outcomes outcomes(6);
  const auto queue = [&](std::int64_t id, bool kept) {
    db().run_write_async([id, kept](Tx& tx) { return insert(tx, id) && kept; }, outcomes.next());
  };
  queue(1, true);
  queue(2, false);
  queue(3, true);
  db().run_write_async(
      [](Tx& tx) -> bool {
        insert(tx, 4);
        throw std::runtime_error("no");
      },
      outcomes.next());
  // The second statement fails; the first goes with it.
  db().run_write_async([](Tx& tx) { return insert(tx, 5) && insert(tx, 1); }, outcomes.next());
  queue(6, true);
  gate.open();
  EXPECT_EQ((std::vector<bool>{false, false, false, true, true, false}), outcomes.wait());
  EXPECT_EQ((std::vector<std::int64_t>{1, 3, 6}), ids());
}

TEST_F(SqliteTest, ARefusalThatWroteNothingLetsNobodyRunAgain) {
  Gate gate(db());
  Outcomes outcomes(3);
  int runs = 0;
  db().run_write_async([&](Tx& tx) { return insert(tx, ++runs); }, outcomes.next());
  db().run_write_async([](Tx& tx) { return tx.exec("SELECT 1 FROM things WHERE id = 9") > 0; },
                       outcomes.next());
  db().run_write_async([](Tx&) -> bool { throw std::runtime_error("no"); }, outcomes.next());
  gate.open();
  EXPECT_EQ((std::vector<bool>{false, false, true}), outcomes.wait());
  EXPECT_EQ(1, runs);
  EXPECT_EQ(1, count());
}

// What a thread waits for runs once on SQLite, whatever others of its batch do.
TEST_F(SqliteTest, WhatIsWaitedForIsKeptBesideARefusal) {
  Gate gate(db());
  Outcomes outcomes(2);
  db().run_write_async([](Tx& tx) { return insert(tx, 1); }, outcomes.next());
  std::atomic<int> runs = 0;
  std::thread waiting([&] { db().write([&](Tx& tx) { insert(tx, 10 + ++runs); }); });
  std::thread refused([&] {
    EXPECT_THROW(db().write([](Tx& tx) { insert(tx, 20), insert(tx, 20); }), DatabaseError);
  });
  while (db().stats().write_queue < 3) std::this_thread::yield();
  db().run_write_async(
      [](Tx& tx) {
        insert(tx, 2);
        return false;
      },
      outcomes.next());
  gate.open();
  waiting.join();
  refused.join();
  EXPECT_EQ((std::vector<bool>{false, false}), outcomes.wait());
  EXPECT_EQ((std::vector<std::int64_t>{1, 11}), ids());
}

TEST_F(SqliteTest, TheLogStaysBounded) {
  for (int round = 0; round < 40; ++round) {  // 160 MB
    db().write([&](Tx& tx) {
      for (int i = 0; i < 1'000; ++i) {
        tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", round * 1'000 + i,
                std::string(4'000, 'x'));
      }
    });
    count();
  }
  EXPECT_LT(log_bytes(), 80u << 20);
  EXPECT_EQ(40'000, count());
}

// Long enough to be written back, and then nobody writes any more.
TEST_F(SqliteTest, TheLogOfAnIdleWriterIsWrittenBack) {
  const auto fill = [&](std::int64_t from) {
    db().write([&](Tx& tx) {
      for (int i = 0; i < 1'500; ++i) {
        tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", from + i, std::string(4'000, 'x'));
      }
    });
  };
  fill(0);
  fill(1'500);  // just after the first was written back: it has to wait
  for (int tries = 0; tries < 600 && std::filesystem::file_size(db().path()) < 12'000'000;
       ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_GE(std::filesystem::file_size(db().path()), 12'000'000u);
}

TEST_F(SqliteTest, ALongReadHoldsNoWriterUp) {
  db().read([&](Tx& tx) {
    EXPECT_EQ(0, tx.one("SELECT COUNT(*) FROM things", integer));
    std::thread([&] {
      for (int round = 0; round < 30; ++round) {
        db().write([&](Tx& other) {
          for (int i = 0; i < 1'000; ++i) insert(other, round * 1'000 + i);
        });
      }
    }).join();
    EXPECT_EQ(0, tx.one("SELECT COUNT(*) FROM things", integer));
  });
  EXPECT_EQ(30'000, count());
}

// Another process, such as the command line, holds the write lock for a while.
TEST_F(SqliteTest, AWriteWaitsForAnotherProcess) {
  sqlite3* other = nullptr;
  ASSERT_EQ(SQLITE_OK, sqlite3_open(db().path().c_str(), &other));
  ASSERT_EQ(SQLITE_OK, sqlite3_exec(other, "BEGIN IMMEDIATE; INSERT INTO things VALUES (1, 'a')",
                                    nullptr, nullptr, nullptr));
  Outcomes outcomes(1);
  db().run_write_async([](Tx& tx) { return insert(tx, 2); }, outcomes.next());
  EXPECT_EQ(0, count());  // readers are not held up
  ASSERT_EQ(SQLITE_OK, sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr));
  EXPECT_EQ((std::vector<bool>{false}), outcomes.wait());
  sqlite3_close(other);
  EXPECT_EQ(2, count());
}

TEST_F(SqliteTest, TheWriterIsDurableAndKeepsForeignKeys) {
  db().write([](Tx& tx) {
    EXPECT_EQ("wal", tx.one("PRAGMA journal_mode", text));
    EXPECT_EQ(2, tx.one("PRAGMA synchronous", integer));
    EXPECT_EQ(1, tx.one("PRAGMA foreign_keys", integer));
  });
}

TEST_F(SqliteTest, ADatabaseThatCannotBeOpenedIsADatabaseError) {
  EXPECT_THROW(open_sqlite({.path = db().path() + "/no/such/directory"}), DatabaseError);
}

TEST_F(SqliteTest, AFullTextQueryIsNotQuotedInTheError) {
  db().write([](Tx& tx) { tx.exec("CREATE VIRTUAL TABLE words USING fts5 (t)"); });
  try {
    db().read([](Tx& tx) { tx.exec("SELECT t FROM words WHERE words MATCH $1", "secret\" AND"); });
    FAIL() << "nothing was thrown";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(std::string::npos, std::string(error.what()).find("secret")) << error.what();
  }
}

TEST_F(SqliteTest, StatementsThatWouldMisbindStopTheProgram) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const test::TemporaryRoot root;
  // SQLite takes "$2::text" as a name that nobody binds, and so as NULL.
  EXPECT_DEATH(db().read([](Tx& tx) { tx.exec("SELECT $1, $2::text", 1, 2); }), "CAST");
  EXPECT_DEATH(db().read([](Tx& tx) { tx.exec("SELECT $1, $3", 1, 2); }), "without a gap");
}

// The child tells each id after its write has returned; what it told must be there after its death.
TEST(SqliteCrash, WhatWasAcknowledgedSurvivesAKill) {
  const std::string path =
      testing::TempDir() + "picsharz_crash_" + std::to_string(::getpid()) + ".db";
  int ends[2];
  ASSERT_EQ(0, ::pipe(ends));
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto db = open_sqlite({.path = path});
    db->write([](Tx& tx) { tx.exec("CREATE TABLE things (id BIGINT PRIMARY KEY)"); });
    for (std::int64_t id = 1;; ++id) {
      db->write([&](Tx& tx) { tx.exec("INSERT INTO things (id) VALUES ($1)", id); });
      if (::write(ends[1], &id, sizeof id) != sizeof id) ::_exit(1);
    }
  }
  ::close(ends[1]);
  std::int64_t told = 0;
  while (told < 200 && ::read(ends[0], &told, sizeof told) == sizeof told) {
  }
  ::kill(child, SIGKILL);
  for (std::int64_t id = 0; ::read(ends[0], &id, sizeof id) == sizeof id;) told = id;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  {
    const auto db = open_sqlite({.path = path});
    db->read([&](Tx& tx) {
      EXPECT_EQ("ok", tx.one("PRAGMA integrity_check", text));
      EXPECT_GE(tx.one("SELECT COUNT(*) FROM things WHERE id <= $1", integer, told), told);
    });
  }
  EXPECT_GE(told, 200);
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
}

}  // namespace
}  // namespace picsharz::db
