// One connection to an SQLite file, its prepared statements and its transactions' Tx.
//
// What:      SqliteConnection opens the file for reading or for writing; SqliteTx runs on it.
// Threads:   one at a time (the library runs without its own mutexes).
// Ownership: a connection owns its statements; a SqliteTx borrows the connection.
// Failures:  DatabaseError with SQLite's extended code; no value of a parameter is in its message.
//            A statement that does not fit its parameters stops the program.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/database.h"

namespace picsharz::db {

class SqliteStatement {
 public:
  SqliteStatement(sqlite3* connection, std::string_view sql);

  sqlite3_stmt* get() const { return statement_.get(); }
  std::string_view sql() const { return sql_; }
  void bind(std::span<const Param> params);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  void number_parameters();
  void bind_one(int index, const Param& param);

  std::string_view sql_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  // SQLite numbers $2, $1 by first appearance; the n-th entry is where it put $n.
  std::vector<int> index_of_;
};

enum class SqliteAccess { read, write };

class SqliteConnection {
 public:
  // Another process, such as the command line, may hold the write lock: wait for it this long.
  static constexpr int busy_milliseconds = 10'000;

  SqliteConnection(const SqliteOptions& options, SqliteAccess access);

  // For text that lives as long as the program, as every Sql does: prepared once, kept by address.
  std::unique_ptr<SqliteStatement> take(std::string_view sql);
  void give_back(std::unique_ptr<SqliteStatement> statement);

  // One of the driver's own statements that return nothing: BEGIN, SAVEPOINT and the like.
  void command(const Sql& sql);
  void script(std::string_view statements);
  bool in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }
  // Rows that were changed by this connection, ever.
  std::int64_t changes() const { return sqlite3_total_changes64(connection_.get()); }
  sqlite3* get() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
  };

  void configure(const SqliteOptions& options, SqliteAccess access);
  void require_wal();

  std::unique_ptr<sqlite3, Close> connection_;
  // A statement in use is out of the cache, so that a row's callback may run the same one again.
  // Its size is bounded by the number of SQL literals in the program.
  std::unordered_map<const char*, std::unique_ptr<SqliteStatement>> idle_;
};

class SqliteTx final : public Tx {
 public:
  explicit SqliteTx(SqliteConnection& connection) : connection_(connection) {}

  Engine engine() const override { return Engine::sqlite; }
  std::int64_t run(const Sql& sql, std::span<const Param> params,
                   FunctionRef<void(const Row&)> each) override {
    return run_text(sql.text(Engine::sqlite), params, each);
  }
  void script(std::string_view statements) override { connection_.script(statements); }
  // For text that lives as long as the program (see SqliteConnection::take).
  std::int64_t run_text(std::string_view sql, std::span<const Param> params,
                        FunctionRef<void(const Row&)> each);

 private:
  SqliteConnection& connection_;
};

[[noreturn]] void throw_sqlite(sqlite3* connection, std::string_view sql);

}  // namespace picsharz::db
