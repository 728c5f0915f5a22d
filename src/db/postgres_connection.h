// One connection to PostgreSQL, its prepared statements and its transaction.
//
// What:      begin() is sent together with the first statement, so that a read of one statement
//            costs one round trip; a reader's COMMIT is sent without waiting for its answer.
// Threads:   one at a time.
// Ownership: a connection owns its statements; a PostgresTx borrows the connection.
// Failures:  PostgresError. No value of a parameter is in its message. A statement that does not
//            fit its parameters stops the program.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "db/database.h"

namespace picsharz::db {

class PostgresError : public DatabaseError {
 public:
  // conflict: the transaction lost against another and may be run again. lost: the connection is
  // gone, and with it everything that was not committed.
  enum class Kind { other, conflict, lost };
  PostgresError(Kind kind, const std::string& message) : DatabaseError(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

struct ClearPostgresResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearPostgresResult>;

class PostgresConnection {
 public:
  enum class Mode { read, write };

  explicit PostgresConnection(const std::string& url);

  // False: it is gone, or in a state that cannot be mended. Waits for what was not waited for.
  bool ready();
  void begin(Mode mode);
  PostgresResult run(std::string_view sql, std::span<const Param> params);
  void script(std::string_view statements);
  void commit();
  void end_read();
  void rollback() noexcept;
  // Statements run in this transaction; those that failed count too.
  int statements() const { return statements_; }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct Prepared {
    std::string name;
    int parameters = 0;
  };
  class Arguments;

  const Prepared& prepare(std::string_view sql);
  PostgresResult run_with_begin(const Prepared& prepared, const Arguments& arguments);
  PostgresResult next_result();
  void simple(const char* statements);
  void check(const PGresult* result, std::string_view sql);
  PGconn* get() const { return connection_.get(); }

  std::unique_ptr<PGconn, Finish> connection_;
  // By address: every Sql lives as long as the program, and their number bounds this one.
  std::unordered_map<const char*, Prepared> prepared_;
  int last_name_ = 0;
  const char* pending_begin_ = nullptr;
  bool pending_answer_ = false;
  bool stale_ = false;  // prepared for tables that have changed since
  Mode mode_ = Mode::read;
  int statements_ = 0;
};

class PostgresTx final : public Tx {
 public:
  explicit PostgresTx(PostgresConnection& connection) : connection_(connection) {}

  Engine engine() const override { return Engine::postgres; }
  std::int64_t run(const Sql& sql, std::span<const Param> params,
                   FunctionRef<void(const Row&)> each) override {
    return run_text(sql.text(Engine::postgres), params, each);
  }
  void script(std::string_view statements) override { connection_.script(statements); }
  // For text that lives as long as the program: prepared once, kept by address.
  std::int64_t run_text(std::string_view sql, std::span<const Param> params,
                        FunctionRef<void(const Row&)> each);

 private:
  PostgresConnection& connection_;
};

}  // namespace picsharz::db
