#include "db/postgres_connection.h"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "db/programmer_error.h"

namespace picsharz::db {
namespace {

constexpr Oid bool_type = 16;
constexpr Oid bytea_type = 17;

// Every wait has an end. A migration or a report that needs longer says so with SET LOCAL.
//
// A statement here reads a page, in a millisecond or less. A second process to help it, machine
// code for it, or a new plan for each of its parameters costs more than it does: with 360,000
// photos a search among one person's took 41 ms of CPU for 0.6 ms of work, and every common
// word 1.2 instead of 0.5. A report that gains by any of them says so with SET LOCAL.
constexpr const char* session_settings =
    "SET statement_timeout = '30s'; SET lock_timeout = '10s';"
    "SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning;"
    "SET max_parallel_workers_per_gather = 0; SET jit = off;"
    "SET plan_cache_mode = force_generic_plan";

std::string_view field(const PGresult* result, int code) {
  const char* value = result ? PQresultErrorField(result, code) : nullptr;
  return value ? value : "";
}

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, std::string_view sql) : result_(result), sql_(sql) {}

  void go_to(int row) {
    row_ = row;
    decoded_.clear();
  }

  std::int64_t integer(int column) const override {
    const std::string_view value = text(column);
    if (value.empty()) return 0;  // NULL, as SQLite reads it
    if (PQftype(result_, column) == bool_type) return value == "t" ? 1 : 0;
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = end == value.data() + value.size();
    if (failure != std::errc{} || (!whole && *end != '.')) {
      programmer_error("a value that is not an integer is read as one", sql_);
    }
    return number;
  }

  double real(int column) const override {
    const std::string_view value = text(column);
    double number = 0;
    if (value.empty()) return number;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failure != std::errc{} || end != value.data() + value.size()) {
      programmer_error("a value that is not a number is read as one", sql_);
    }
    return number;
  }

  std::string_view text(int column) const override {
    const int checked_column = checked(column);
    return {PQgetvalue(result_, row_, checked_column),
            static_cast<std::size_t>(PQgetlength(result_, row_, checked_column))};
  }

  std::string_view bytes(int column) const override {
    if (PQftype(result_, checked(column)) != bytea_type) return text(column);
    if (null(column)) return {};
    std::size_t size = 0;
    const auto* value = reinterpret_cast<const unsigned char*>(PQgetvalue(result_, row_, column));
    decoded_.emplace_back(PQunescapeBytea(value, &size));
    if (!decoded_.back()) throw DatabaseError("no memory for bytes of the database");
    return {reinterpret_cast<const char*>(decoded_.back().get()), size};
  }

  bool null(int column) const override { return PQgetisnull(result_, row_, checked(column)) != 0; }

 private:
  struct Free {
    void operator()(unsigned char* memory) const { PQfreemem(memory); }
  };

  int checked(int column) const {
    if (column < 0 || column >= PQnfields(result_)) {
      programmer_error("a column that the statement does not return", sql_);
    }
    return column;
  }

  const PGresult* result_;
  std::string_view sql_;
  int row_ = 0;
  mutable std::vector<std::unique_ptr<unsigned char, Free>> decoded_;
};

}  // namespace

// Parameters as libpq wants them: numbers and text as C strings, bytes as they are.
class PostgresConnection::Arguments {
 public:
  explicit Arguments(std::span<const Param> params) {
    std::size_t size = 0;
    for (const Param& param : params) size += param.text().size() + longest_number + 1;
    buffer_.reserve(size);  // never grows again: the values point into it
    for (const Param& param : params) add(param);
  }

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  static constexpr std::size_t longest_number = 32;

  void add(const Param& param) {
    switch (param.type()) {
      case Param::Type::null:
        return push(nullptr, 0, 0);
      case Param::Type::integer:
        return add_number(param.integer());
      case Param::Type::real:
        return add_number(param.real());
      case Param::Type::text:
        if (param.text().find('\0') != std::string_view::npos) {
          throw DatabaseError("a text holds the character U+0000");  // it would be cut there
        }
        return add_text(param.text());
      case Param::Type::bytes:
        return push(param.text().data() ? param.text().data() : "", param.text().size(), 1);
    }
  }
  template <class Number>
  void add_number(Number number) {
    std::array<char, longest_number> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    add_text({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  void add_text(std::string_view text) {
    const char* start = buffer_.data() + buffer_.size();
    buffer_.append(text).push_back('\0');
    push(start, text.size(), 0);
  }
  void push(const char* value, std::size_t length, int format) {
    values_.push_back(value);
    lengths_.push_back(static_cast<int>(length));
    formats_.push_back(format);
  }

  std::string buffer_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

PostgresConnection::PostgresConnection(const std::string& url) {
  // Later ones win: the URL may set all but the encoding otherwise, and the name by which a restore
  // sees that somebody is at work.
  const std::array keywords = {"connect_timeout", "tcp_user_timeout",
                               "dbname",          "application_name",
                               "client_encoding", static_cast<const char*>(nullptr)};
  const std::array values = {"5",        "15000", url.c_str(),
                             "picsharz", "UTF8",  static_cast<const char*>(nullptr)};
  connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (!connection_ || PQstatus(get()) != CONNECTION_OK) {
    throw DatabaseError("PostgreSQL cannot be reached: " + std::string(PQerrorMessage(get())));
  }
  PQsetNoticeProcessor(
      get(), [](void*, const char*) {}, nullptr);
  simple(session_settings);
}

bool PostgresConnection::ready() {
  if (pending_answer_) {
    while (const auto result = next_result()) {
      if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return false;
    }
    pending_answer_ = false;
  }
  return !stale_ && PQstatus(get()) == CONNECTION_OK && PQtransactionStatus(get()) == PQTRANS_IDLE;
}

void PostgresConnection::begin(Mode mode) {
  mode_ = mode;
  pending_begin_ =
      mode == Mode::read ? "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" : "BEGIN READ WRITE";
  statements_ = 0;
}

PostgresResult PostgresConnection::run(std::string_view sql, std::span<const Param> params) {
  const Arguments arguments(params);
  ++statements_;
  const Prepared& prepared = prepare(sql);
  if (prepared.parameters != arguments.count()) {
    programmer_error("the number of parameters differs from those in the statement", sql);
  }
  PostgresResult result =
      pending_begin_ ? run_with_begin(prepared, arguments)
                     : PostgresResult(PQexecPrepared(get(), prepared.name.c_str(),
                                                     arguments.count(), arguments.values(),
                                                     arguments.lengths(), arguments.formats(), 0));
  check(result.get(), sql);
  return result;
}

const PostgresConnection::Prepared& PostgresConnection::prepare(std::string_view sql) {
  Prepared& prepared = prepared_[sql.data()];
  if (!prepared.name.empty()) return prepared;
  const std::string name = "s" + std::to_string(++last_name_);
  check(PostgresResult(PQprepare(get(), name.c_str(), std::string(sql).c_str(), 0, nullptr)).get(),
        sql);
  const PostgresResult description(PQdescribePrepared(get(), name.c_str()));
  check(description.get(), sql);
  prepared = {name, PQnparams(description.get())};
  return prepared;
}

// BEGIN and the statement in one packet and one answer.
PostgresResult PostgresConnection::run_with_begin(const Prepared& prepared,
                                                  const Arguments& arguments) {
  const char* begin = std::exchange(pending_begin_, nullptr);
  PQenterPipelineMode(get());
  PQsendQueryParams(get(), begin, 0, nullptr, nullptr, nullptr, nullptr, 0);
  PQsendQueryPrepared(get(), prepared.name.c_str(), arguments.count(), arguments.values(),
                      arguments.lengths(), arguments.formats(), 0);
  PQpipelineSync(get());
  const PostgresResult begun = next_result();
  next_result();  // the end of BEGIN's answer
  PostgresResult result = next_result();
  next_result();
  next_result();  // the answer to the synchronisation
  PQexitPipelineMode(get());
  check(begun.get(), begin);
  return result;
}

PostgresResult PostgresConnection::next_result() { return PostgresResult(PQgetResult(get())); }

void PostgresConnection::script(std::string_view statements) {
  if (const char* begin = std::exchange(pending_begin_, nullptr)) simple(begin);
  ++statements_;
  simple(std::string(statements).c_str());
}

void PostgresConnection::simple(const char* statements) {
  check(PostgresResult(PQexec(get(), statements)).get(), {});
}

void PostgresConnection::commit() {
  if (std::exchange(pending_begin_, nullptr)) return;  // nothing was done
  const PostgresResult result(PQexec(get(), "COMMIT"));
  try {
    check(result.get(), "COMMIT");
  } catch (const PostgresError& failure) {
    if (failure.kind() != PostgresError::Kind::lost) throw;
    throw DatabaseError(std::string("the outcome of a commit is unknown: ") + failure.what());
  }
  // A transaction with a failed statement answers COMMIT with "ROLLBACK".
  if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
    throw DatabaseError("a transaction with a failed statement cannot be committed");
  }
}

void PostgresConnection::end_read() {
  if (std::exchange(pending_begin_, nullptr)) return;
  if (PQtransactionStatus(get()) == PQTRANS_IDLE) return;
  pending_answer_ = PQsendQuery(get(), "COMMIT") == 1;
}

void PostgresConnection::rollback() noexcept {
  // A reader's COMMIT is on its way: ready() waits for the answer when somebody needs it.
  if (std::exchange(pending_begin_, nullptr) || pending_answer_) return;
  // A failure shows in ready().
  if (PQtransactionStatus(get()) != PQTRANS_IDLE) PostgresResult(PQexec(get(), "ROLLBACK"));
}

// What the server says of a value that does not fit (class 22) would quote it.
void PostgresConnection::check(const PGresult* result, std::string_view sql) {
  const auto status = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  const std::string_view state = field(result, PG_DIAG_SQLSTATE);
  const std::string_view severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  auto kind = PostgresError::Kind::other;
  // 23503: the row that a new one refers to was deleted meanwhile (a like on a photo that goes);
  // who begins again sees that it is gone. 23505: somebody took a name meanwhile that was free when
  // the statement looked; who begins again sees that it is taken.
  if (state == "40001" || state == "40P01" || state == "23503" || state == "23505") {
    kind = PostgresError::Kind::conflict;
  }
  // A server that became a standby refuses to write: another connection will find the new primary.
  const bool demoted = state == "25006" && mode_ == Mode::write;
  if (state.empty() || severity == "FATAL" || severity == "PANIC" || demoted) {
    kind = PostgresError::Kind::lost;
  }
  stale_ |= demoted || state == "0A000" || state == "26000";
  std::string message = "PostgreSQL ";
  message.append(state.empty() ? "connection lost" : state);
  if (!state.starts_with("22")) message.append(" ").append(field(result, PG_DIAG_MESSAGE_PRIMARY));
  if (!sql.empty()) message.append(" in: ").append(sql);
  throw PostgresError(kind, message);
}

std::int64_t PostgresTx::run_text(std::string_view text, std::span<const Param> params,
                                  FunctionRef<void(const Row&)> each) {
  const PostgresResult result = connection_.run(text, params);
  PostgresRow row(result.get(), text);
  const int rows = PQntuples(result.get());
  for (int i = 0; i < rows; ++i) {
    row.go_to(i);
    each(row);
  }
  const std::string_view count = PQcmdTuples(result.get());
  std::int64_t changed = 0;
  std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

}  // namespace picsharz::db
