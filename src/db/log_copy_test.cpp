// Copies of the log: what they make of a copy of the file is the database as it was.
#include "db/log_copy.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "db/file_traces.h"
#include "support/temporary_root.h"

namespace picsharz::db {
namespace {

using Rows = std::map<std::int64_t, std::string>;

// A database that is written to while it is copied.
class LogCopyTest : public testing::Test {
 protected:
  LogCopyTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "picsharz_log_XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw DatabaseError("no folder");
    folder_ = pattern;
    open();
    db().write([](Tx& tx) { tx.exec("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)"); });
    copy_.emplace(db(), clock_);
    begin();
  }
  ~LogCopyTest() override {
    copy_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() { database_ = open_sqlite({.path = path()}); }
  std::string path() const { return folder_ + "/test.db"; }
  Database& db() { return *database_; }
  LogCopy& copy() { return *copy_; }

  // Everything from here on is kept, and a copy of the file with it.
  void begin() {
    copy().begin();
    ASSERT_EQ(std::nullopt, copy().broken());
    steps_.clear();
    from_ = copy().first_needed();
    copy_file();
  }
  void copy_file() {
    const int file = log_files(db()).database->descriptor();
    const int out = ::open((folder_ + "/base").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::string piece(4096, '\0');
    for (off_t at = 0;; at += 4096) {
      const ssize_t got = ::pread(file, piece.data(), piece.size(), at);
      if (got <= 0) break;
      ASSERT_EQ(got, ::pwrite(out, piece.data(), static_cast<std::size_t>(got), at));
    }
    ::close(out);
  }

  void put(std::int64_t id, const std::string& name, Database* by = nullptr) {
    (by ? by : &db())->write([&](Tx& tx) {
      tx.exec(
          "INSERT INTO things (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = $2",
          id, name);
    });
    if (by == nullptr) model_[id] = name;
  }
  static Rows rows(Database& database) {
    Rows found;
    database.read([&](Tx& tx) {
      tx.each("SELECT id, name FROM things",
              [&](const Row& row) { found.emplace(row.integer(0), row.string(1)); });
    });
    return found;
  }
  void gather() {
    for (LogStep& step : copy().take()) steps_.push_back(std::move(step));
  }
  // The copy of the file with all steps up to a time.
  Rows rebuilt(Micros until = std::numeric_limits<Micros>::max()) {
    gather();
    const std::string place = folder_ + "/rebuilt.db";
    for (const char* rest : {"", "-wal", "-shm"}) std::filesystem::remove(place + rest);
    std::filesystem::copy_file(folder_ + "/base", place);
    const int file = ::open(place.c_str(), O_RDWR);
    std::int64_t number = 0;
    for (const LogStep& step : steps_) {
      EXPECT_EQ(++number, step.number);
      if (step.number >= from_ && step.at <= until) apply_step(file, step);
    }
    ::close(file);
    const auto made = open_sqlite({.path = place});
    std::string sound;
    made->read([&](Tx& tx) {
      tx.each("PRAGMA integrity_check", [&](const Row& row) { sound += row.text(0); });
    });
    EXPECT_EQ("ok", sound);
    return rows(*made);
  }
  // Tell one log from the next.
  std::string log_salts() const {
    std::string header(24, '\0');
    std::ifstream(path() + "-wal", std::ios::binary).read(header.data(), std::ssize(header));
    return header.substr(16);
  }
  // Until it overwrites the log, which it does as soon as all of that is in the file.
  void overwrite_log(Database& by, std::int64_t id, const std::string& name) {
    const std::string before = log_salts();
    for (int turn = 0; turn < 500 && log_salts() == before; ++turn) {
      rest();
      put(id, name + std::to_string(turn), &by);
    }
    EXPECT_NE(before, log_salts());
  }
  // What another process may do at any time: the log that nobody reads goes into the file.
  void bring_in() const {
    sqlite3* other = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    ASSERT_EQ(SQLITE_OK, sqlite3_open_v2(path().c_str(), &other, flags, nullptr));
    sqlite3_wal_checkpoint_v2(other, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    sqlite3_close(other);
  }
  // Longer than the writer waits before it brings its log into the file.
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(120)); }

  FakeClock clock_;
  std::string folder_;
  std::unique_ptr<Database> database_;
  std::optional<LogCopy> copy_;
  std::vector<LogStep> steps_;
  std::int64_t from_ = 1;
  Rows model_;
};

TEST_F(LogCopyTest, ACopyWithItsStepsIsTheDatabase) {
  put(1, "one");
  put(2, "two");
  copy().copy();
  EXPECT_EQ(model_, rebuilt());
  put(2, "another");
  copy().copy();
  EXPECT_EQ(model_, rebuilt());
}

TEST_F(LogCopyTest, LogsFollowEachOtherWithoutAGap) {
  for (int turn = 0; turn < 6; ++turn) {
    put(turn, std::string(3'000, 'a'));
    put(turn + 100, "x");
    rest();  // a checkpoint: the next transaction overwrites the log, which nobody had asked for
  }
  copy().copy();
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_EQ(model_, rebuilt());
}

TEST_F(LogCopyTest, EveryWholeSecondIsAsItWas) {
  std::map<Micros, Rows> states;
  std::mt19937 chance(7);
  for (int turn = 0; turn < 200; ++turn) {
    put(static_cast<std::int64_t>(chance() % 40), std::string(chance() % 5'000, 'b'));
    if (turn % 9 == 0) rest();
    if (turn % 5 == 0) copy().copy();
    states[clock_.now()] = model_;
    clock_.advance(second / 3);
  }
  copy().copy();
  ASSERT_EQ(std::nullopt, copy().broken());
  const Micros begun = states.begin()->first;
  for (Micros at = (begun / second + 1) * second; at <= clock_.now(); at += 3 * second) {
    EXPECT_EQ(std::prev(states.upper_bound(at))->second, rebuilt(at));
  }
}

TEST_F(LogCopyTest, ACopyOfTheFileMayTakeLongWhileEverybodyWrites) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::int64_t n = 0; !stop; ++n) put(n % 3'000, std::string(2'000, 'c'));
  });
  std::thread copier([&] {
    while (!stop) {
      copy().copy();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  from_ = copy().first_needed();
  copy_file();
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  stop = true;
  writer.join();
  copier.join();
  copy().copy();
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_EQ(model_, rebuilt());
}

TEST_F(LogCopyTest, AnotherProcessThatWritesIsCopied) {
  const auto other = open_sqlite({.path = path()});
  db().read([&](Tx& tx) {
    tx.exec("SELECT id FROM things");  // while this reads, the log is not all in the file
    put(1, "one");
    put(2, "of another process", other.get());
  });
  rest();  // its own checkpoint
  put(3, "three");
  model_[2] = "of another process";
  rest();
  put(4, "four");
  copy().copy();
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_EQ(model_, rebuilt());
}

// However often it does so, and whatever it brings into the file between.
TEST_F(LogCopyTest, AnotherProcessDoesNotOverwriteTheLog) {
  const auto other = open_sqlite({.path = path()});
  for (std::int64_t turn = 0; turn < 8; ++turn) {
    put(turn, "of another process", other.get());
    bring_in();
    if (turn % 3 == 2) put(turn + 100, "ours");
    if (turn % 4 == 3) copy().copy(true);
  }
  copy().copy(true);
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_EQ(rows(db()), rebuilt());
}

// What another process writes is not left in the log for ever.
TEST_F(LogCopyTest, ALongLogStartsAnewWithOneOfItsOwnTransactions) {
  const auto other = open_sqlite({.path = path()});
  const std::string before = log_salts();
  other->write([](Tx& tx) {
    for (std::int64_t n = 1'000; n < 3'000; ++n) {
      tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", n, std::string(4'000, 'i'));
    }
  });
  EXPECT_EQ(before, log_salts());
  for (std::int64_t turn = 0; turn < 500 && log_salts() == before; ++turn) {
    put(turn, "ours");
    rest();
  }
  EXPECT_NE(before, log_salts());
  for (std::int64_t turn = 0; turn < 3; ++turn) {
    put(turn, "of another process", other.get());
    bring_in();
  }
  copy().copy(true);
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_TRUE(rows(db()) == rebuilt());
}

// The log is not held as long as nobody listens.
TEST_F(LogCopyTest, ALogThatAnotherProcessOverwroteUnseenBreaksTheCopy) {
  put(1, "one");
  const auto other = open_sqlite({.path = path()});
  listen_to_log(db(), nullptr);
  overwrite_log(*other, 2, "first log");
  overwrite_log(*other, 3, "second log");
  listen_to_log(db(), &copy());
  copy().copy(true);
  ASSERT_NE(std::nullopt, copy().broken());
  model_ = rows(db());
  begin();
  put(4, "four");
  copy().copy();
  EXPECT_EQ(model_, rebuilt());
}

TEST_F(LogCopyTest, WhatAnotherProcessEmptiesBreaksTheCopyWhenItIsLookedAt) {
  put(1, "one");
  const auto other = open_sqlite({.path = path()});
  put(2, "of another process", other.get());
  const auto wipe = [&] { return wipe_traces(*other, [](Micros) { return true; }); };
  EXPECT_FALSE(wipe());
  listen_to_log(db(), nullptr);
  bool wiped = false;  // not while the first process brings its log into the file
  for (int turn = 0; turn < 100 && !wiped; ++turn) wiped = wipe();
  ASSERT_TRUE(wiped);
  listen_to_log(db(), &copy());
  copy().copy(true);
  EXPECT_NE(std::nullopt, copy().broken());
}

TEST_F(LogCopyTest, WipingItsOwnTracesDoesNot) {
  for (int turn = 0; turn < 3; ++turn) {
    put(turn, std::string(9'000, 'd'));
    ASSERT_TRUE(wipe_traces(db(), [](Micros) { return true; }));
    ASSERT_TRUE(wipe_traces(db(), [](Micros) { return true; }));
  }
  put(9, "nine");
  copy().copy(true);
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_EQ(model_, rebuilt());
}

TEST_F(LogCopyTest, WhatIsNotWholeIsNotCopied) {
  gather();
  std::atomic<bool> stop = false;
  std::thread copier([&] {
    while (!stop) copy().copy();
  });
  // Larger than the writer's memory, so that it is in the log before it is committed.
  const auto too_much = [&] {
    db().write([&](Tx& tx) {
      for (std::int64_t n = 0; n < 12'000; ++n) {
        tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", n, std::string(2'000, 'e'));
      }
      EXPECT_LT(4 << 20, std::filesystem::file_size(path() + "-wal"));
      throw std::runtime_error("no");
    });
  };
  EXPECT_THROW(too_much(), std::runtime_error);
  stop = true;
  copier.join();
  // Pages that were put back as they had been, at most.
  EXPECT_GE(64 << 10, copy().waiting_bytes());
  put(1, "one");
  copy().copy();
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_EQ(model_, rebuilt());
}

// The second transaction begins as the first one, which was taken back, and is shorter.
TEST_F(LogCopyTest, WhatWasTakenBackIsForgottenWhereItIsWrittenAgain) {
  gather();
  std::atomic<bool> stop = false;
  std::thread copier([&] {
    while (!stop) copy().copy();
  });
  const auto insert = [](Tx& tx, std::int64_t until) {
    for (std::int64_t n = 0; n < until; ++n) {
      tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", n, std::string(2'000, 'g'));
    }
  };
  for (int turn = 0; turn < 3; ++turn) {
    const auto taken_back = [&] {
      db().write([&](Tx& tx) {
        insert(tx, 9'000);
        throw std::runtime_error("no");
      });
    };
    EXPECT_THROW(taken_back(), std::runtime_error);
    db().write([&](Tx& tx) {
      tx.exec("DELETE FROM things");
      insert(tx, 6'000 - 1'000 * turn);
    });
    db().write([](Tx& tx) { tx.exec("DELETE FROM things"); });
    EXPECT_THROW(taken_back(), std::runtime_error);
    db().write([&](Tx& tx) { insert(tx, 5'000); });
    db().write([](Tx& tx) { tx.exec("DELETE FROM things WHERE id > 100"); });
    gather();
    db().write([](Tx& tx) { tx.exec("DELETE FROM things"); });
  }
  stop = true;
  copier.join();
  put(1, "one");
  copy().copy();
  EXPECT_EQ(std::nullopt, copy().broken());
  model_ = rows(db());
  EXPECT_EQ(model_, rebuilt());
}

TEST_F(LogCopyTest, ATransactionThatIsLargerThanTheMemoryBreaksTheCopy) {
  put(-1, "before");
  db().write([](Tx& tx) {
    for (std::int64_t n = 0; n < 20'000; ++n) {
      tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", n, std::string(4'000, 'h'));
    }
  });
  copy().copy();
  ASSERT_NE(std::nullopt, copy().broken());
  EXPECT_LT(copy().waiting_bytes(), LogCopy::memory_most / 2);
  // As long as the log has it no copy can begin: the next log, as soon as all of it is in the file.
  for (int turn = 0; turn < 100 && copy().broken(); ++turn) {
    rest();
    put(-1, std::to_string(turn));
    copy().begin();
  }
  model_ = rows(db());
  begin();
  put(-2, "after");
  copy().copy();
  EXPECT_EQ(std::nullopt, copy().broken());
  EXPECT_EQ(model_, rebuilt());
}

TEST_F(LogCopyTest, WhatFillsTheMemoryBreaksOnlyWhenItIsOverwritten) {
  for (std::int64_t n = 0; n < 20; ++n) {
    db().write([&](Tx& tx) {
      for (std::int64_t i = 0; i < 1'000; ++i) {
        tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", n * 1'000 + i,
                std::string(4'000, 'f'));
      }
    });
  }
  for (int turn = 0; turn < 100 && !copy().broken(); ++turn) {
    rest();
    // The next log, as soon as all of this one is in the file. What is as it was is not written.
    put(-1, std::to_string(turn));
  }
  EXPECT_NE(std::nullopt, copy().broken());
  EXPECT_LT(copy().waiting_bytes(), 2 * LogCopy::memory_most);
  model_ = rows(db());
  begin();
  put(-2, "after");
  copy().copy();
  EXPECT_EQ(model_, rebuilt());
}

}  // namespace
}  // namespace picsharz::db
