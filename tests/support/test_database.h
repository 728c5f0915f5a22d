// A database of a test's own: empty, migrated, gone when the test ends.
//
// What:      TestDatabase is a db::Database; make_test_database(engine) gives one. DatabaseSuite
//            and ON_BOTH_ENGINES run one suite on SQLite and on PostgreSQL:
//
//              class LikesTest : public test::DatabaseSuite {};
//              ON_BOTH_ENGINES(LikesTest);
//              TEST_P(LikesTest, ALikeCountsOnce) { db().write([](db::Tx& tx) { ... }); }
//
// Servers:   PICSHARZ_TEST_POSTGRES is the URL of a PostgreSQL where databases may be created, such
//            as postgres://postgres@127.0.0.1:5499/postgres. Without it its tests are skipped by
//            name.
// Threads:   as db::Database; construct, reopen and destroy while nobody uses it.
// Failures:  throws DatabaseError where no database can be made.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "db/database.h"
#include "db/migrations.h"
#include "support/test_postgres.h"

namespace picsharz::test {

// SQLite's file after every migration, made once by a process: as a copy it costs a test a
// millisecond, where the migrations cost a quarter of a second.
const std::string& migrated_file();

class TestDatabase final : public db::Database {
 public:
  explicit TestDatabase(db::Engine engine, Schema schema = Schema::migrated)
      : engine_(engine), schema_(schema) {
    if (engine == db::Engine::postgres) {
      if (!test_postgres_url()) throw db::DatabaseError("PICSHARZ_TEST_POSTGRES is not set");
      name_ = TestPostgres::instance().take(schema);
      reopen();
    } else {
      make_directory();
      if (schema == Schema::migrated) std::ofstream(path(), std::ios::binary) << migrated_file();
      reopen();
    }
  }

  ~TestDatabase() override {
    database_.reset();
    if (engine_ == db::Engine::postgres) {
      TestPostgres::instance().give_back(name_, schema_);
    } else {
      std::error_code ignored;  // a directory that stays behind is no reason to fail a test
      std::filesystem::remove_all(directory_, ignored);
    }
  }

  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // Closes and opens again, as after a restart of the program.
  void reopen(int pool = 8) {
    database_.reset();
    if (engine_ == db::Engine::sqlite) {
      database_ = db::open_sqlite({.path = path()});
    } else {
      database_ = db::open_postgres({.url = url(), .pool = pool});
    }
  }

  std::string path() const { return (directory_ / "test.db").string(); }  // SQLite's file
  std::string url() const { return TestPostgres::url(name_); }            // PostgreSQL's address

  db::Engine engine() const override { return engine_; }
  void run_read(FunctionRef<void(db::Tx&)> work) override { database_->run_read(work); }
  void run_write(Work work) override { database_->run_write(work); }
  void run_write_async(AsyncWork work, Done done) override {
    database_->run_write_async(std::move(work), std::move(done));
  }
  db::DatabaseStats stats() const override { return database_->stats(); }

 private:
  void make_directory() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "picsharz_test_XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw db::DatabaseError("cannot make a directory: " + pattern);
    directory_ = pattern;
  }

  const db::Engine engine_;
  const Schema schema_;
  std::string name_;
  std::filesystem::path directory_;
  std::unique_ptr<db::Database> database_;
};

inline const std::string& migrated_file() {
  static const std::string bytes = [] {
    const TestDatabase made(db::Engine::sqlite, Schema::empty);
    const std::string copy = made.path() + ".copy";
    db::migrate(*db::open_sqlite({.path = copy}));  // closed, it is one file
    std::ifstream file(copy, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return bytes;
}

inline std::unique_ptr<db::Database> make_test_database(db::Engine engine) {
  return std::make_unique<TestDatabase>(engine);
}

// The reason to skip tests of `engine`, or null.
inline const char* missing(db::Engine engine) {
  return engine == db::Engine::postgres && !test_postgres_url()
             ? "PICSHARZ_TEST_POSTGRES is not set: there is no PostgreSQL to test on"
             : nullptr;
}

// A suite whose every test has a migrated, empty database of its own.
class DatabaseSuite : public ::testing::TestWithParam<db::Engine> {
 protected:
  void SetUp() override {
    if (const char* reason = missing(GetParam())) GTEST_SKIP() << reason;
    database_ = std::make_unique<TestDatabase>(GetParam());
  }
  void TearDown() override { database_.reset(); }

  TestDatabase& db() { return *database_; }

 private:
  std::unique_ptr<TestDatabase> database_;
};

inline std::string engine_name(const ::testing::TestParamInfo<db::Engine>& info) {
  return info.param == db::Engine::sqlite ? "sqlite" : "postgres";
}

}  // namespace picsharz::test

#define ON_BOTH_ENGINES(Suite)                                                             \
  INSTANTIATE_TEST_SUITE_P(                                                                \
      , Suite,                                                                             \
      ::testing::Values(::picsharz::db::Engine::sqlite, ::picsharz::db::Engine::postgres), \
      ::picsharz::test::engine_name)
