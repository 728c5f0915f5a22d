#include "db/sqlite_connection.h"

#include <charconv>
#include <mutex>

#include "db/programmer_error.h"
#include "db/sqlite_log_writes.h"
#include "db/sqlite_score.h"

namespace picsharz::db {
namespace {

// As much as the library maps. What lies beyond is copied again after every commit of anybody, when
// a reader forgets its pages: with half of a month of 500 MB mapped, a third of a feed.
constexpr std::int64_t mapped_bytes = 2LL << 30;
constexpr std::int64_t journal_bytes = 64LL << 20;

// Every connection stays on one thread at a time, so the library needs no mutex of its own, and
// counting its memory would take a global one: both together cost a third of a small query.
void configure_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (sqlite3_config(SQLITE_CONFIG_MULTITHREAD) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK ||
        sqlite3_initialize() != SQLITE_OK) {
      throw DatabaseError("SQLite was in use before it could be configured");
    }
  });
}

// A text or blob whose pointer is null would be bound as NULL.
const char* not_null(std::string_view view) { return view.data() ? view.data() : ""; }

class SqliteRow final : public Row {
 public:
  SqliteRow(sqlite3_stmt* statement, std::string_view sql) : statement_(statement), sql_(sql) {}

  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, checked(column));
  }
  double real(int column) const override {
    return sqlite3_column_double(statement_, checked(column));
  }
  std::string_view text(int column) const override {
    const auto* data = sqlite3_column_text(statement_, checked(column));
    return view(data, column);
  }
  std::string_view bytes(int column) const override {
    const auto* data = sqlite3_column_blob(statement_, checked(column));
    return view(data, column);
  }
  bool null(int column) const override {
    return sqlite3_column_type(statement_, checked(column)) == SQLITE_NULL;
  }

 private:
  int checked(int column) const {
    if (column < 0 || column >= sqlite3_data_count(statement_)) {
      programmer_error("a column that the statement does not return", sql_);
    }
    return column;
  }
  std::string_view view(const void* data, int column) const {
    if (!data) return {};
    return {static_cast<const char*>(data),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

  sqlite3_stmt* statement_;
  std::string_view sql_;
};

// A statement taken from its connection: reset and handed back however the run ends.
class Borrowed {
 public:
  Borrowed(SqliteConnection& connection, std::string_view sql)
      : connection_(connection), statement_(connection.take(sql)) {}
  ~Borrowed() {
    sqlite3_reset(statement_->get());  // repeats the error of the last step, which was reported
    connection_.give_back(std::move(statement_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  SqliteStatement* operator->() const { return statement_.get(); }

 private:
  SqliteConnection& connection_;
  std::unique_ptr<SqliteStatement> statement_;
};

}  // namespace

// Only messages that name tables and columns are passed on: others (such as a syntax error in a
// full text query) quote what a person typed.
void throw_sqlite(sqlite3* connection, std::string_view sql) {
  const int code = sqlite3_extended_errcode(connection);
  const int primary = code & 0xff;
  const bool quotable = primary == SQLITE_CONSTRAINT;
  std::string message = quotable ? sqlite3_errmsg(connection) : sqlite3_errstr(primary);
  message.append(" (SQLite ").append(std::to_string(code)).append(")");
  if (!sql.empty()) message.append(" in: ").append(sql);
  throw DatabaseError(message);
}

SqliteStatement::SqliteStatement(sqlite3* connection, std::string_view sql) : sql_(sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) {
    // No parameter is bound yet, so that the whole message may be told.
    throw DatabaseError(std::string(sqlite3_errmsg(connection)) + " (SQLite " +
                        std::to_string(sqlite3_extended_errcode(connection)) +
                        ") in: " + std::string(sql));
  }
  if (!statement) programmer_error("an empty statement", sql);
  number_parameters();
}

void SqliteStatement::number_parameters() {
  const int count = sqlite3_bind_parameter_count(get());
  index_of_.assign(static_cast<std::size_t>(count), 0);
  for (int index = 1; index <= count; ++index) {
    const char* name = sqlite3_bind_parameter_name(get(), index);
    const std::string_view digits = name && *name == '$' ? name + 1 : "";
    int number = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc{} || end != digits.data() + digits.size() || number < 1 ||
        number > count || index_of_[static_cast<std::size_t>(number - 1)] != 0) {
      programmer_error("parameters must be $1, $2, ... without a gap (and CAST, not ::)", sql_);
    }
    index_of_[static_cast<std::size_t>(number - 1)] = index;
  }
}

void SqliteStatement::bind(std::span<const Param> params) {
  if (params.size() != index_of_.size()) {
    programmer_error("the number of parameters differs from those in the statement", sql_);
  }
  for (std::size_t i = 0; i < params.size(); ++i) bind_one(index_of_[i], params[i]);
}

// Text and bytes are not copied: the caller's values outlive the run, and every run binds all anew.
void SqliteStatement::bind_one(int index, const Param& param) {
  int code = SQLITE_OK;
  switch (param.type()) {
    case Param::Type::null:
      code = sqlite3_bind_null(get(), index);
      break;
    case Param::Type::integer:
      code = sqlite3_bind_int64(get(), index, param.integer());
      break;
    case Param::Type::real:
      code = sqlite3_bind_double(get(), index, param.real());
      break;
    case Param::Type::text:
      if (param.text().find('\0') != std::string_view::npos) {
        throw DatabaseError("a text holds the character U+0000");  // as PostgreSQL does
      }
      code = sqlite3_bind_text64(get(), index, not_null(param.text()), param.text().size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
      break;
    case Param::Type::bytes:
      code = sqlite3_bind_blob64(get(), index, not_null(param.text()), param.text().size(),
                                 SQLITE_STATIC);
      break;
  }
  if (code != SQLITE_OK) throw_sqlite(sqlite3_db_handle(get()), sql_);
}

SqliteConnection::SqliteConnection(const SqliteOptions& options, SqliteAccess access) {
  configure_library();
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == SqliteAccess::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                   : SQLITE_OPEN_READONLY);
  sqlite3* connection = nullptr;
  const char* vfs = access == SqliteAccess::write ? batched_log_vfs() : nullptr;
  const int code = sqlite3_open_v2(options.path.c_str(), &connection, flags, vfs);
  connection_.reset(connection);
  if (!connection) throw DatabaseError("SQLite has no memory to open a database");
  if (code != SQLITE_OK) throw_sqlite(connection, "opening " + options.path);
  configure(options, access);
}

void SqliteConnection::configure(const SqliteOptions& options, SqliteAccess access) {
  sqlite3_busy_timeout(get(), busy_milliseconds);
  // "x" is a column, as on PostgreSQL, and never silently the text 'x'.
  sqlite3_db_config(get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  add_score_function(get());
  script("PRAGMA temp_store = MEMORY");
  script("PRAGMA cache_size = -" + std::to_string(options.cache_kib));
  if (access == SqliteAccess::read) {
    // Shared by all readers; a page that their own cache lacks costs a third less. Not for the
    // writer: a disk that fails must be an error there, and in a mapped file it is a SIGBUS.
    script("PRAGMA mmap_size = " + std::to_string(mapped_bytes));
    script("PRAGMA query_only = ON");
    return;
  }
  require_wal();
  script("PRAGMA synchronous = FULL");  // which the batched log relies on, too
  script("PRAGMA foreign_keys = ON");
  // What is deleted is overwritten: a file that is copied holds nothing of who is gone.
  script("PRAGMA secure_delete = ON");
  script("PRAGMA journal_size_limit = " + std::to_string(journal_bytes));
}

// A file system without shared memory answers with another mode instead of an error.
void SqliteConnection::require_wal() {
  std::string mode;
  SqliteTx(*this).each("PRAGMA journal_mode = WAL", [&](const Row& row) { mode = row.text(0); });
  if (mode != "wal") throw DatabaseError("SQLite cannot keep a write-ahead log here: " + mode);
}

std::unique_ptr<SqliteStatement> SqliteConnection::take(std::string_view sql) {
  auto& kept = idle_[sql.data()];
  if (kept && kept->sql().size() == sql.size()) return std::move(kept);
  return std::make_unique<SqliteStatement>(get(), sql);
}

void SqliteConnection::give_back(std::unique_ptr<SqliteStatement> statement) {
  auto& kept = idle_[statement->sql().data()];
  if (!kept) kept = std::move(statement);
}

void SqliteConnection::command(const Sql& sql) {
  const Borrowed statement(*this, sql.text(Engine::sqlite));
  if (sqlite3_step(statement->get()) != SQLITE_DONE) throw_sqlite(get(), statement->sql());
}

void SqliteConnection::script(std::string_view statements) {
  const std::string text(statements);
  if (sqlite3_exec(get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw DatabaseError(std::string(sqlite3_errmsg(get())) + " (SQLite " +
                        std::to_string(sqlite3_extended_errcode(get())) + ")");
  }
}

std::int64_t SqliteTx::run_text(std::string_view sql, std::span<const Param> params,
                                FunctionRef<void(const Row&)> each) {
  const Borrowed statement(connection_, sql);
  statement->bind(params);
  const bool reads = sqlite3_stmt_readonly(statement->get()) != 0;
  const std::int64_t changed_before = sqlite3_total_changes64(connection_.get());
  const SqliteRow row(statement->get(), statement->sql());
  std::int64_t rows = 0;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(statement->get())) == SQLITE_ROW) {
    ++rows;
    each(row);
  }
  if (code != SQLITE_DONE) throw_sqlite(connection_.get(), statement->sql());
  if (reads) return rows;
  // sqlite3_changes() keeps its old value where a statement changes nothing.
  const bool changed = sqlite3_total_changes64(connection_.get()) != changed_before;
  return changed ? sqlite3_changes64(connection_.get()) : 0;
}

}  // namespace picsharz::db
