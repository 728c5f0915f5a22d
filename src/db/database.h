// The database: SQL written once, run unchanged on SQLite 3.40 and PostgreSQL 15.
//
// What:      Database opens transactions; Tx runs statements; Row is one result row.
// Params:    written $1, $2, ... and bound by number on both engines, in any order of appearance.
// Types:     64-bit integers (also for truth, 0 or 1, and for time, microseconds UTC), doubles,
//            UTF-8 text without U+0000, bytes. Nothing else is portable. A NULL reads as 0 or "".
//            In SQL of stores: no now(), no `::` (CAST), no LIKE, no ANY(), no AUTOINCREMENT, no
//            data-modifying CTE, no SKIP LOCKED.
// Isolation: a read sees one snapshot. SQLite's writes run one after the other; PostgreSQL's run
//            side by side (READ COMMITTED): what a write reads may change before it writes, so that
//            a rule lives in the statement (a conditional UPDATE, ON CONFLICT), never in a read
//            before it.
// Threads:   a Database may be used from any thread. A Tx and a Row live only during the callback
//            and stay on its thread. A write inside a write's callback stops the program.
// Failures:  the engine being down, full or corrupt throws DatabaseError. What a person can cause
//            (a taken handle) is expressed in SQL (ON CONFLICT ... RETURNING) and is not an
//            exception. A callback that throws is rolled back and its exception reaches the caller.
//            A statement that does not fit its parameters stops the program.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/function_ref.h"
#include "base/ids.h"

namespace picsharz::db {

enum class Engine { sqlite, postgres };

class DatabaseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The schema is newer than this binary: it must not touch the data.
class SchemaTooNew : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

// One statement, a literal by construction: nothing of a request can be concatenated into SQL.
class Sql {
 public:
  template <std::size_t N>
  consteval Sql(const char (&both)[N])  // NOLINT(google-explicit-constructor)
      : sqlite_(both, N - 1), postgres_(both, N - 1) {}
  template <std::size_t N, std::size_t M>
  consteval Sql(const char (&sqlite)[N], const char (&postgres)[M])
      : sqlite_(sqlite, N - 1), postgres_(postgres, M - 1) {}

  constexpr std::string_view text(Engine engine) const {
    return engine == Engine::sqlite ? sqlite_ : postgres_;
  }

 private:
  std::string_view sqlite_;
  std::string_view postgres_;
};

// A bound value. Borrows text and bytes for the length of the call.
class Param {
 public:
  enum class Type { null, integer, real, text, bytes };

  Param(std::nullptr_t) {}                                      // NOLINT
  Param(std::int64_t v) : type_(Type::integer), integer_(v) {}  // NOLINT
  Param(int v) : Param(static_cast<std::int64_t>(v)) {}         // NOLINT
  Param(bool v) : Param(static_cast<std::int64_t>(v)) {}        // NOLINT
  Param(double v) : type_(Type::real), real_(v) {}              // NOLINT
  Param(std::string_view v) : type_(Type::text), text_(v) {}    // NOLINT
  Param(const std::string& v) : Param(std::string_view(v)) {}   // NOLINT
  Param(const char* v) : Param(std::string_view(v)) {}          // NOLINT
  template <class Tag>
  Param(Id<Tag> id) : Param(id.value) {}  // NOLINT
  template <class T>
  Param(const std::optional<T>& v) : Param(v ? Param(*v) : Param(nullptr)) {}  // NOLINT
  template <class E>
  requires std::is_enum_v<E> Param(E v) : Param(static_cast<std::int64_t>(v)) {}  // NOLINT
  static Param bytes(std::string_view v) {
    Param p(v);
    p.type_ = Type::bytes;
    return p;
  }

  Type type() const { return type_; }
  std::int64_t integer() const { return integer_; }
  double real() const { return real_; }
  std::string_view text() const { return text_; }

 private:
  Type type_ = Type::null;
  std::int64_t integer_ = 0;
  double real_ = 0;
  std::string_view text_;
};

// One result row; columns count from 0; views live until the row callback returns.
class Row {
 public:
  virtual ~Row() = default;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::string_view bytes(int column) const = 0;
  virtual bool null(int column) const = 0;

  bool truth(int column) const { return integer(column) != 0; }
  std::string string(int column) const { return std::string(text(column)); }
  template <class T>
  T id(int column) const {
    return T{integer(column)};
  }
  template <class E>
  E as(int column) const {
    return static_cast<E>(integer(column));
  }
  std::optional<std::int64_t> maybe_integer(int column) const {
    return null(column) ? std::nullopt : std::optional(integer(column));
  }
  std::optional<std::string> maybe_string(int column) const {
    return null(column) ? std::nullopt : std::optional(string(column));
  }
};

class Tx {
 public:
  virtual ~Tx() = default;
  virtual Engine engine() const = 0;
  // Runs one statement, calls `each` for every row it returns, and returns the number of rows it
  // changed (INSERT, UPDATE, DELETE, with or without RETURNING) or returned (SELECT).
  virtual std::int64_t run(const Sql& sql, std::span<const Param> params,
                           FunctionRef<void(const Row&)> each) = 0;
  // Several statements without parameters; migrations and maintenance only.
  virtual void script(std::string_view statements) = 0;

  template <class... P>
  std::int64_t exec(const Sql& sql, const P&... params) {
    return each(
        sql, [](const Row&) {}, params...);
  }
  template <class F, class... P>
  std::int64_t each(const Sql& sql, F&& row, const P&... params) {
    if constexpr (sizeof...(P) == 0) {
      return run(sql, {}, row);
    } else {
      const Param bound[] = {Param(params)...};
      return run(sql, bound, row);
    }
  }
  // The first row through `make`, or nullopt.
  template <class F, class... P>
  auto one(const Sql& sql, F&& make, const P&... params)
      -> std::optional<std::invoke_result_t<F&, const Row&>> {
    std::optional<std::invoke_result_t<F&, const Row&>> found;
    each(
        sql,
        [&](const Row& row) {
          if (!found) found.emplace(make(row));
        },
        params...);
    return found;
  }
  template <class F, class... P>
  auto all(const Sql& sql, F&& make, const P&... params)
      -> std::vector<std::invoke_result_t<F&, const Row&>> {
    std::vector<std::invoke_result_t<F&, const Row&>> found;
    each(
        sql, [&](const Row& row) { found.push_back(make(row)); }, params...);
    return found;
  }
};

// What is read by metrics and health checks; counters only grow.
struct DatabaseStats {
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t commits = 0;      // <= writes: group commit
  std::int64_t write_queue = 0;  // now
  std::int64_t pool_in_use = 0;  // now
  std::int64_t retries = 0;
};

class Database {
 public:
  using Work = FunctionRef<bool(Tx&)>;  // false: roll back
  using AsyncWork = std::move_only_function<bool(Tx&)>;
  using Done =
      std::move_only_function<void(std::exception_ptr)>;  // null: committed (or rolled back)

  virtual ~Database() = default;
  virtual Engine engine() const = 0;
  // A consistent snapshot; nothing may be written in it.
  virtual void run_read(FunctionRef<void(Tx&)> work) = 0;
  // Returns when the commit is durable. `work` may run more than once (a retried conflict): it must
  // have no effect outside the transaction but the values it captures, which it sets anew.
  virtual void run_write(Work work) = 0;
  // The same without holding the calling thread; `done` runs on a thread of the database's own and
  // must neither block nor throw. Throws DatabaseError, and calls nothing, where too many are
  // waiting.
  virtual void run_write_async(AsyncWork work, Done done) = 0;
  virtual DatabaseStats stats() const = 0;

  template <class F>
  auto read(F&& work) {
    using R = std::invoke_result_t<F&, Tx&>;
    if constexpr (std::is_void_v<R>) {
      run_read([&](Tx& tx) { work(tx); });
    } else {
      std::optional<R> result;
      run_read([&](Tx& tx) { result.emplace(work(tx)); });
      return *std::move(result);
    }
  }
  // Where `work` returns a Result that holds an error, everything it did is rolled back.
  template <class F>
  auto write(F&& work) {
    using R = std::invoke_result_t<F&, Tx&>;
    if constexpr (std::is_void_v<R>) {
      run_write([&](Tx& tx) { return work(tx), true; });
    } else {
      std::optional<R> result;
      run_write([&](Tx& tx) {
        result.emplace(work(tx));
        if constexpr (requires { result->error(); }) {
          return result->has_value();
        } else {
          return true;
        }
      });
      return *std::move(result);
    }
  }
};

// Ids as one text parameter: [1,2] for SQLite's json_each, {1,2} for PostgreSQL's array.
template <class Tag>
std::string id_list(Engine engine, std::span<const Id<Tag>> ids) {
  std::string list(1, engine == Engine::sqlite ? '[' : '{');
  for (const Id<Tag> id : ids) {
    if (list.size() > 1) list += ',';
    list += std::to_string(id.value);
  }
  return list += engine == Engine::sqlite ? ']' : '}';
}

struct SqliteOptions {
  std::string path;           // a file; its directory exists
  int cache_kib = 16 * 1024;  // per connection
};

struct PostgresOptions {
  std::string url;  // postgres://user@host:port/name
  int pool = 8;
};

std::unique_ptr<Database> open_sqlite(const SqliteOptions& options);
// Does not throw when the server is down: calls do, until it is back.
std::unique_ptr<Database> open_postgres(const PostgresOptions& options);

}  // namespace picsharz::db
