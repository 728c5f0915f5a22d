// Databases on the PostgreSQL of the tests.
//
// What:      making and dropping a database costs half a second of fsyncs: one that is given back
//            is emptied and used again by the next test of the process, and dropped when the
//            process ends.
// Limits:    a migrated one loses its rows and the tables that a test made. A test that changes the
//            tables of the schema otherwise must ask for Schema::empty.
// Threads:   any.
// Failures:  DatabaseError. What cannot be dropped at the end is named on standard error.
#pragma once

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/migrations.h"

namespace picsharz::test {

enum class Schema { migrated, empty };

inline const char* test_postgres_url() { return std::getenv("PICSHARZ_TEST_POSTGRES"); }

class TestPostgres {
 public:
  static TestPostgres& instance() {
    static TestPostgres server;
    return server;
  }

  // The name of a database with nothing in it, or with the migrated schema.
  std::string take(Schema schema) {
    const std::lock_guard lock(mutex_);
    if (auto& spares = spares_of(schema); !spares.empty()) {
      const std::string name = spares.back();
      spares.pop_back();
      return name;
    }
    const std::string name = prefix + std::to_string(::getpid()) + "_" + std::to_string(++made_);
    run("CREATE DATABASE " + name);
    run("ALTER DATABASE " + name + " SET synchronous_commit = off");  // no test cuts its power
    if (schema == Schema::migrated) {
      const auto database = db::open_postgres({.url = url(name), .pool = 1});
      db::migrate(*database);
      if (tables_.empty()) tables_ = tables(*database);
    }
    return name;
  }

  void give_back(const std::string& name, Schema schema) noexcept {
    const std::lock_guard lock(mutex_);
    try {
      schema == Schema::migrated ? delete_rows(name) : drop_tables(name);
      spares_of(schema).push_back(name);
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "%s is left behind: %s\n", name.c_str(), failure.what());
    }
  }

  // The server's URL with another database in it.
  static std::string url(std::string_view database) {
    std::string url = test_postgres_url();
    const auto host = url.find("://") + 3;
    const auto query = std::min(url.find('?'), url.size());
    const auto path = std::min(url.find('/', host), query);
    return url.replace(path, query - path, "/" + std::string(database));
  }

 private:
  static constexpr const char* prefix = "picsharz_test_";

  TestPostgres() = default;
  ~TestPostgres() {
    try {
      for (const auto& name : migrated_) drop(name);
      for (const auto& name : empty_) drop(name);
      drop_orphans();
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "test databases are left behind: %s\n", failure.what());
    }
  }

  static std::unique_ptr<db::Database> open_server() {
    return db::open_postgres({.url = test_postgres_url(), .pool = 1});
  }

  // CREATE and DROP DATABASE refuse to run in a transaction: leave the one we are given, and come
  // back to one before the driver commits.
  static void run(const std::string& statement) {
    open_server()->write([&](db::Tx& tx) {
      tx.script("COMMIT");
      tx.script(statement);
      tx.script("BEGIN");
    });
  }

  static void drop(const std::string& name) { run("DROP DATABASE IF EXISTS " + name); }

  // The child of a death test has no chance to clean up.
  static void drop_orphans() {
    const auto names = open_server()->read([](db::Tx& tx) {
      return tx.all(
          "SELECT datname FROM pg_database WHERE starts_with(datname, $1)",
          [](const db::Row& row) { return row.string(0); }, prefix);
    });
    for (const auto& name : names) {
      const int pid = std::atoi(name.c_str() + std::string_view(prefix).size());
      if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) drop(name);
    }
  }

  static std::vector<std::string> tables(db::Database& database) {
    return database.read([](db::Tx& tx) {
      return tx.all("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
                    [](const db::Row& row) { return row.string(0); });
    });
  }

  std::vector<std::string>& spares_of(Schema schema) {
    return schema == Schema::migrated ? migrated_ : empty_;
  }

  static void drop_tables(const std::string& name) {
    const auto database = db::open_postgres({.url = url(name), .pool = 1});
    database->write(
        [](db::Tx& tx) { tx.script("DROP SCHEMA public CASCADE; CREATE SCHEMA public"); });
  }

  void delete_rows(const std::string& name) {
    const auto database = db::open_postgres({.url = url(name), .pool = 1});
    // Without the checks of foreign keys the order of the tables does not matter.
    std::string script = "SET LOCAL session_replication_role = replica;";
    for (const auto& table : tables(*database)) {
      const bool ours = std::ranges::find(tables_, table) != tables_.end();
      if (table == "schema_migrations") continue;
      script += (ours ? "DELETE FROM " : "DROP TABLE ") + table + (ours ? ";" : " CASCADE;");
    }
    database->write([&](db::Tx& tx) { tx.script(script); });
  }

  std::mutex mutex_;
  std::vector<std::string> migrated_;
  std::vector<std::string> empty_;
  std::vector<std::string> tables_;  // of the migrated schema
  int made_ = 0;
};

}  // namespace picsharz::test
