#include "db/sqlite_log_writes.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "support/temporary_root.h"

namespace picsharz::db {
namespace {

namespace fs = std::filesystem;

using Rows = std::map<std::int64_t, std::string>;

// A connection through the VFS under test, or through the default one.
class Log {
 public:
  Log(const fs::path& path, const char* vfs) {
    EXPECT_EQ(
        sqlite3_open_v2(path.c_str(), &connection_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs),
        SQLITE_OK);
  }
  ~Log() { sqlite3_close(connection_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  int run(const std::string& sql) {
    return sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  }
  std::string text(const std::string& sql) {
    std::string found;
    sqlite3_exec(
        connection_, sql.c_str(),
        [](void* to, int, char** columns, char**) {
          *static_cast<std::string*>(to) = columns[0];
          return 0;
        },
        &found, nullptr);
    return found;
  }
  Rows rows() {
    Rows found;
    sqlite3_exec(
        connection_, "SELECT id, text FROM things",
        [](void* to, int, char** columns, char**) {
          (*static_cast<Rows*>(to))[std::stoll(columns[0])] = columns[1];
          return 0;
        },
        &found, nullptr);
    return found;
  }

 private:
  sqlite3* connection_ = nullptr;
};

// The default VFS, as it is when a disk takes no more after so many writes.
class FullDisk {
 public:
  FullDisk() : usual_(sqlite3_vfs_find(nullptr)), vfs_(*usual_) {
    batched_log_vfs();  // of the usual one
    self() = this;
    vfs_.zName = "full-disk";
    vfs_.xOpen = open;
    vfs_.pNext = nullptr;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FullDisk() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(usual_, 1);
    self() = nullptr;
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

  void allow(int writes) { left_ = writes; }

 private:
  static FullDisk*& self() {
    static FullDisk* disk = nullptr;
    return disk;
  }
  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    FullDisk& disk = *self();
    const int code = disk.usual_->xOpen(disk.usual_, name, file, flags, out);
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
      disk.usual_methods_ = *file->pMethods;
      disk.methods_ = disk.usual_methods_;
      disk.methods_.xWrite = write;
      file->pMethods = &disk.methods_;
    }
    return code;
  }
  static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    FullDisk& disk = *self();
    if (disk.left_ == 0) return SQLITE_FULL;
    --disk.left_;
    return disk.usual_methods_.xWrite(file, data, size, offset);
  }

  sqlite3_vfs* usual_;
  sqlite3_vfs vfs_;
  sqlite3_io_methods usual_methods_{};
  sqlite3_io_methods methods_{};
  int left_ = -1;
};

class BatchedLog : public testing::Test {
 protected:
  BatchedLog() : folder_(fs::temp_directory_path()), path_(folder_ / "log.db") {}

  // Pages leave the cache in the middle of a transaction and are read again out of the log.
  std::unique_ptr<Log> open() {
    auto log = std::make_unique<Log>(path_, batched_log_vfs());
    EXPECT_EQ(log->text("PRAGMA journal_mode = WAL"), "wal");
    log->run("PRAGMA synchronous = FULL; PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 200");
    log->run(
        "CREATE TABLE IF NOT EXISTS things (id INTEGER PRIMARY KEY, text TEXT);"
        "CREATE INDEX IF NOT EXISTS things_text ON things (text)");
    return log;
  }
  // What a machine that lost its power now would find again.
  Rows on_disk() {
    const fs::path copy = folder_ / "copy.db";
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(copy.string() + end);
    fs::copy_file(path_, copy);
    fs::copy_file(path_.string() + "-wal", copy.string() + "-wal");
    Log found(copy, nullptr);
    EXPECT_EQ(found.text("PRAGMA integrity_check"), "ok");
    return found.rows();
  }

  test::TemporaryRoot root_;
  const fs::path folder_;
  const fs::path path_;
};

// One change to the table and to what it should be.
std::string change(std::mt19937& random, Rows& rows) {
  const auto id = static_cast<std::int64_t>(random() % 400);
  if (random() % 4 == 0) {
    rows.erase(id);
    return "DELETE FROM things WHERE id = " + std::to_string(id);
  }
  std::string text(random() % 7 == 0 ? random() % 9000 : random() % 200, 'a');
  for (char& letter : text) letter = static_cast<char>('a' + random() % 26);
  rows[id] = text;
  return "INSERT OR REPLACE INTO things VALUES (" + std::to_string(id) + ", '" + text + "')";
}

TEST_F(BatchedLog, WhatIsCommittedIsOnTheDiskAndNothingElse) {
  std::mt19937 random(11);
  Rows committed;
  auto log = open();
  for (int transaction = 0; transaction < 150; ++transaction) {
    Rows rows = committed;
    log->run("BEGIN IMMEDIATE");
    const int changes = 1 + static_cast<int>(random() % (transaction % 10 == 0 ? 900 : 30));
    for (int i = 0; i < changes; ++i) {
      ASSERT_EQ(log->run(change(random, rows)), SQLITE_OK);
      if (i % 100 == 99) {
        Rows undone = rows;
        log->run("SAVEPOINT one");
        for (int k = 0; k < 20; ++k) log->run(change(random, undone));
        log->run("ROLLBACK TO one");
      }
    }
    if (random() % 5 == 0) {
      log->run("ROLLBACK");
    } else {
      ASSERT_EQ(log->run("COMMIT"), SQLITE_OK);
      committed = std::move(rows);
    }
    ASSERT_EQ(log->rows(), committed) << transaction;
    ASSERT_EQ(on_disk(), committed) << transaction;
    if (transaction % 40 == 39) log = open();
  }
}

TEST_F(BatchedLog, AnotherConnectionFindsACommitAtOnce) {
  auto log = open();
  Log reader(path_, nullptr);
  std::mt19937 random(12);
  Rows rows;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(log->run(change(random, rows)), SQLITE_OK);
    ASSERT_EQ(reader.rows(), rows) << i;
    if (i % 50 == 0) reader.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
}

// A disk that is full at the n-th write, for every n: the commit that does not fit is refused and
// undone, those before it are there, and so is the next one when there is room again.
TEST_F(BatchedLog, WhatAFullDiskDoesNotTakeIsRefusedAndUndone) {
  FullDisk disk;
  std::mt19937 random(13);
  Rows committed;
  auto log = open();
  int refused = 0;
  int taken = 0;
  for (int writes = 0; writes < 100; writes += writes < 12 ? 1 : 20) {
    for (int commits = 0; commits < 6; ++commits) {
      disk.allow(writes);
      Rows rows = committed;
      bool whole = log->run("BEGIN IMMEDIATE") == SQLITE_OK;
      for (auto i = random() % 40; i > 0; --i)
        whole = log->run(change(random, rows)) == SQLITE_OK && whole;
      whole = whole && log->run("COMMIT") == SQLITE_OK;
      disk.allow(-1);
      log->run("ROLLBACK");
      if (whole) {
        ++taken;
        committed = std::move(rows);
      } else {
        ++refused;
      }
      ASSERT_EQ(log->rows(), committed) << writes;
      ASSERT_EQ(on_disk(), committed) << writes;
    }
  }
  EXPECT_GT(refused, 20);
  EXPECT_GT(taken, 20);
}

}  // namespace
}  // namespace picsharz::db
