// Whatever changes a published photo or an account is told to who remembers it, on both engines.
#include "db/change_log.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/clock.h"
#include "support/test_database.h"

namespace picsharz::db {
namespace {

class Heard final : public ChangeListener {
 public:
  void changed(std::span<const Change> changes) override {
    for (const Change& each : changes) told_.insert({static_cast<int>(each.kind), each.id});
  }
  void all_changed() override { ++all_; }

  // What was told since it was asked last: "photo 7".
  std::set<std::string> news() {
    std::set<std::string> names;
    for (const auto& [kind, id] : std::exchange(told_, {})) {
      names.insert((kind == 1 ? "photo " : "account ") + std::to_string(id));
    }
    return names;
  }
  int all() { return std::exchange(all_, 0); }

 private:
  std::set<std::pair<int, std::int64_t>> told_;
  int all_ = 0;
};

using News = std::set<std::string>;

class ChangeLogTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    db().write([](Tx& tx) {
      tx.exec(
          "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
          " VALUES (1, 'mei', 'm@example.org', '', 'Mei', 'JP', 0),"
          " (2, 'ana', 'a@example.org', '', 'Ana', 'PT', 0)");
      for (const std::int64_t id : {7, 8}) {
        tx.exec(
            "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
            " height, original, format, bytes, file_name, created_at)"
            " VALUES ($1, 1, '', '', '', 0, $2, 4, 3, 'ab', 0, 9, '', 0)",
            id, id == 7 ? 3 : 2);
      }
    });
    log_.emplace(db(), clock_);
    log_->add(heard_);
    log_->poll();
    EXPECT_EQ(heard_.all(), 1);
    EXPECT_EQ(told(), News{});
  }
  void TearDown() override {
    log_.reset();
    DatabaseSuite::TearDown();
  }

  News told() {
    log_->poll();
    EXPECT_EQ(heard_.all(), 0);
    return heard_.news();
  }
  void change(const Sql& sql) {
    db().write([&](Tx& tx) { tx.exec(sql); });
  }

  FakeClock clock_;
  Heard heard_;
  std::optional<ChangeLog> log_;
};
ON_BOTH_ENGINES(ChangeLogTest);

TEST_P(ChangeLogTest, TellsWhatChangesAPhoto) {
  const Sql changes[] = {"UPDATE photos SET visibility = 1 WHERE id = 7",
                         "UPDATE photos SET epoch = epoch + 1 WHERE id = 7",
                         "UPDATE photos SET title = 'Boat', tags = '[\"boat\"]' WHERE id = 7",
                         "UPDATE photos SET labels = '[]' WHERE id = 7",
                         "UPDATE photos SET owner_id = 2 WHERE id = 7",
                         "UPDATE photos SET state = 5 WHERE id = 7",
                         "UPDATE photos SET state = 3 WHERE id = 7",
                         "DELETE FROM photos WHERE id = 7"};
  for (const Sql& each : changes) {
    change(each);
    EXPECT_EQ(told(), News{"photo 7"}) << each.text(GetParam());
  }
  change("UPDATE photos SET state = 1 WHERE id = 8");
  EXPECT_EQ(told(), News{"photo 8"});
}

TEST_P(ChangeLogTest, TellsANewPublishedPhoto) {
  change(
      "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
      " height, original, format, bytes, file_name, created_at)"
      " VALUES (9, 1, '', '', '', 0, 3, 4, 3, 'ab', 0, 9, '', 0)");
  EXPECT_EQ(told(), News{"photo 9"});
}

TEST_P(ChangeLogTest, TellsWhatChangesAnAccount) {
  for (const Sql& each : {Sql("UPDATE accounts SET private = 1 WHERE id = 2"),
                          Sql("UPDATE accounts SET state = 1 WHERE id = 2"),
                          Sql("UPDATE accounts SET name = 'Anna' WHERE id = 2"),
                          Sql("UPDATE accounts SET handle = 'anna' WHERE id = 2"),
                          Sql("DELETE FROM accounts WHERE id = 2")}) {
    change(each);
    EXPECT_EQ(told(), News{"account 2"}) << each.text(GetParam());
  }
}

TEST_P(ChangeLogTest, SaysNothingOfLikesAndCounts) {
  for (const Sql& each : {Sql("UPDATE photos SET likes = likes + 1, comments = comments + 1"),
                          Sql("UPDATE accounts SET photos = 4, followers = 5, following = 6"),
                          Sql("UPDATE accounts SET password_hash = 'x', bio = 'y'")}) {
    change(each);
    EXPECT_EQ(told(), News{}) << each.text(GetParam());
  }
}

TEST_P(ChangeLogTest, WhatIsRolledBackIsNotTold) {
  db().run_write([](Tx& tx) {
    tx.exec("UPDATE photos SET state = 5 WHERE id = 7");
    return false;
  });
  EXPECT_EQ(told(), News{});
}

TEST_P(ChangeLogTest, EachProcessHearsEverything) {
  Heard other_heard;
  ChangeLog other(db(), clock_);
  other.add(other_heard);
  other.poll();
  change("UPDATE photos SET state = 5 WHERE id = 7");
  EXPECT_EQ(told(), News{"photo 7"});
  other.poll();
  EXPECT_EQ(other_heard.news(), News{"photo 7"});
}

TEST_P(ChangeLogTest, IsFreshForASecond) {
  ChangeLog other(db(), clock_);
  EXPECT_FALSE(other.fresh());
  EXPECT_TRUE(log_->fresh());
  clock_.advance(second - 1);
  EXPECT_TRUE(log_->fresh());
  clock_.advance(1);
  EXPECT_FALSE(log_->fresh());
  log_->poll();
  EXPECT_TRUE(log_->fresh());
}

TEST_P(ChangeLogTest, WhoSleptThroughThePruningIsToldThatAllChanged) {
  for (int i = 0; i < 5; ++i) change("UPDATE photos SET epoch = epoch + 1 WHERE id = 7");
  ChangeLog::prune(db(), 2);
  log_->poll();
  EXPECT_EQ(heard_.all(), 1);
  // Who was awake is not.
  change("UPDATE photos SET epoch = epoch + 1 WHERE id = 7");
  EXPECT_EQ(told(), News{"photo 7"});
  ChangeLog::prune(db(), 1);
  EXPECT_EQ(told(), News{});
  ChangeLog::prune(db(), 1);  // nothing is left to drop
  change("UPDATE photos SET state = 5 WHERE id = 7");
  EXPECT_EQ(told(), News{"photo 7"});
}

// On PostgreSQL a transaction that began before commits after: it must not be passed over.
TEST_P(ChangeLogTest, ACommitThatComesLateIsTold) {
  if (GetParam() == Engine::sqlite) return;  // one writer: there is no such order
  std::mutex mutex;
  std::condition_variable changed;
  bool written = false;
  bool go_on = false;
  std::thread slow([&] {
    db().write([&](Tx& tx) {
      tx.exec("UPDATE photos SET epoch = epoch + 1 WHERE id = 7");
      std::unique_lock lock(mutex);
      written = true;
      changed.notify_all();
      changed.wait(lock, [&] { return go_on; });
    });
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return written; });
  }
  change("UPDATE accounts SET private = 1 WHERE id = 2");
  EXPECT_EQ(told(), News{"account 2"});
  change("UPDATE photos SET state = 3 WHERE id = 8");
  EXPECT_TRUE(told().contains("photo 8"));
  {
    const std::lock_guard lock(mutex);
    go_on = true;
  }
  changed.notify_all();
  slow.join();
  EXPECT_TRUE(told().contains("photo 7"));
  EXPECT_EQ(told(), News{});
}

TEST_P(ChangeLogTest, TheThreadTells) {
  ChangeLog other(db(), clock_);
  std::mutex mutex;
  std::condition_variable changed;
  class Waiting final : public ChangeListener {
   public:
    Waiting(std::mutex& mutex, std::condition_variable& heard) : mutex_(mutex), heard_(heard) {}
    void changed(std::span<const Change> changes) override {
      const std::lock_guard lock(mutex_);
      last = changes.back().id;
      heard_.notify_all();
    }
    void all_changed() override {
      const std::lock_guard lock(mutex_);
      began = true;
      heard_.notify_all();
    }
    bool began = false;
    std::int64_t last = 0;

   private:
    std::mutex& mutex_;
    std::condition_variable& heard_;
  } waiting(mutex, changed);
  other.add(waiting);
  other.start();
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return waiting.began; });
  lock.unlock();
  change("UPDATE photos SET state = 5 WHERE id = 7");
  lock.lock();
  changed.wait(lock, [&] { return waiting.last == 7; });
  lock.unlock();
  other.stop();
}

}  // namespace
}  // namespace picsharz::db
