#include "db/tables.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "db/postgres_connection.h"
#include "db/programmer_error.h"
#include "db/sqlite_connection.h"

namespace picsharz::db {
namespace {

constexpr std::size_t values_at_once = 400;  // of one INSERT
constexpr int fetched_rows = 1'000;
constexpr auto no_row = [](const Row&) {};

// Statements are kept by their address as long as the program lives. There are a few for each
// table.
std::string_view lasting(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> texts;
  const std::lock_guard lock(mutex);
  return *texts.insert(text).first;
}

std::int64_t run(Tx& tx, const std::string& text, std::span<const Param> params,
                 FunctionRef<void(const Row&)> each) {
  const std::string_view sql = lasting(text);
  if (auto* const sqlite = dynamic_cast<SqliteTx*>(&tx)) return sqlite->run_text(sql, params, each);
  auto* const postgres = dynamic_cast<PostgresTx*>(&tx);
  if (postgres == nullptr) programmer_error("a transaction of no known engine");
  return postgres->run_text(sql, params, each);
}

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text += '"';
}

std::string names_of(std::span<const TableColumn> columns) {
  std::string list;
  for (const TableColumn& column : columns) {
    if (!list.empty()) list += ", ";
    list += quoted(column.name);
  }
  return list;
}

// The words of migrations, and what PostgreSQL calls the same.
TableColumn::Type type_of(std::string_view declared) {
  using enum TableColumn::Type;
  if (declared == "INTEGER" || declared == "BIGINT" || declared == "int8") return integer;
  if (declared == "DOUBLE PRECISION" || declared == "float8") return real;
  if (declared == "BYTEA" || declared == "bytea") return bytes;
  return text;
}

// Each behind those that it refers to; else by name.
std::vector<Table> in_order(std::vector<Table> tables) {
  std::vector<Table> ordered;
  std::set<std::string, std::less<>> placed;
  while (!tables.empty()) {
    const auto ready = std::ranges::find_if(tables, [&](const Table& table) {
      return std::ranges::all_of(table.refers_to,
                                 [&](const std::string& name) { return placed.contains(name); });
    });
    if (ready == tables.end()) programmer_error("tables that refer to each other");
    placed.insert(ready->name);
    ordered.push_back(std::move(*ready));
    tables.erase(ready);
  }
  return ordered;
}

void add_column(std::vector<Table>& tables, const Row& row) {
  if (tables.empty() || tables.back().name != row.text(0)) {
    tables.push_back({.name = row.string(0), .columns = {}, .refers_to = {}});
  }
  tables.back().columns.push_back({row.string(1), type_of(row.text(2))});
}

}  // namespace

std::vector<Table> list_tables(Tx& tx) {
  std::vector<Table> tables;
  tx.each(Sql("SELECT t.name, c.name, c.type FROM pragma_table_list t"
              " JOIN pragma_table_info(t.name) c"
              " WHERE t.schema = 'main' AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_'"
              " ORDER BY t.name, c.name",
              "SELECT c.relname, a.attname, y.typname FROM pg_class c"
              " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
              " JOIN pg_type y ON y.oid = a.atttypid"
              " WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)"
              " ORDER BY CAST(c.relname AS TEXT) COLLATE \"C\","
              "  CAST(a.attname AS TEXT) COLLATE \"C\""),
          [&](const Row& row) { add_column(tables, row); });
  tx.each(Sql("SELECT DISTINCT t.name, f.\"table\" FROM pragma_table_list t"
              " JOIN pragma_foreign_key_list(t.name) f"
              " WHERE t.schema = 'main' AND t.type = 'table' AND f.\"table\" <> t.name",
              "SELECT DISTINCT c.relname, r.relname FROM pg_constraint f"
              " JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid"
              " WHERE f.contype = 'f' AND c.oid <> r.oid"
              " AND c.relnamespace = CAST(current_schema() AS regnamespace)"),
          [&](const Row& row) {
            const auto found = std::ranges::find(tables, row.text(0), &Table::name);
            if (found != tables.end()) found->refers_to.push_back(row.string(1));
          });
  return in_order(std::move(tables));
}

std::vector<std::string> table_names(Tx& tx) {
  return tx.all(
      Sql("SELECT t.name FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table'"
          " AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY t.name",
          // Partitioned ones and those of other servers, too.
          "SELECT CAST(c.relname AS TEXT) FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f')"
          " AND c.relnamespace = CAST(current_schema() AS regnamespace)"
          " ORDER BY CAST(c.relname AS TEXT) COLLATE \"C\""),
      [](const Row& row) { return row.string(0); });
}

void each_row(Tx& tx, const Table& table, FunctionRef<void(const Row&)> each) {
  const std::string select = "SELECT " + names_of(table.columns) + " FROM " + quoted(table.name);
  if (tx.engine() == Engine::sqlite) {
    run(tx, select, {}, each);
    return;
  }
  // libpq would hold a whole answer in memory.
  const std::string cursor = quoted("rows of " + table.name);
  tx.script("DECLARE " + cursor + " NO SCROLL CURSOR FOR " + select);
  const std::string fetch = "FETCH " + std::to_string(fetched_rows) + " FROM " + cursor;
  std::int64_t rows = fetched_rows;
  while (rows == fetched_rows) {
    rows = 0;
    run(tx, fetch, {}, [&](const Row& row) {
      ++rows;
      each(row);
    });
  }
  tx.script("CLOSE " + cursor);
}

std::int64_t count_rows(Tx& tx, const Table& table) {
  std::int64_t rows = 0;
  run(tx, "SELECT COUNT(*) FROM " + quoted(table.name), {},
      [&](const Row& row) { rows = row.integer(0); });
  return rows;
}

TableLoader::TableLoader(Tx& tx, std::vector<Table> tables) : tx_(tx), tables_(std::move(tables)) {
  if (tx_.engine() == Engine::postgres) {
    tx_.script(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0");
  }
  take_triggers_out();
  clear();
}

void TableLoader::take_triggers_out() {
  if (tx_.engine() == Engine::postgres) {
    for (const Table& table : tables_) {
      tx_.script("ALTER TABLE " + quoted(table.name) + " DISABLE TRIGGER USER");
    }
    return;
  }
  std::vector<std::string> names;
  tx_.each("SELECT name, sql, tbl_name FROM sqlite_schema WHERE type = 'trigger'",
           [&](const Row& row) {
             if (std::ranges::find(tables_, row.text(2), &Table::name) == tables_.end()) return;
             names.push_back(row.string(0));
             triggers_.push_back(row.string(1));
           });
  for (const std::string& name : names) tx_.script("DROP TRIGGER " + quoted(name));
}

// Those that refer to others first.
void TableLoader::clear() {
  for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) {
    run(tx_, "DELETE FROM " + quoted(table->name), {}, no_row);
  }
}

void TableLoader::begin(const Table& table, std::vector<TableColumn> columns) {
  table_ = table.name;
  columns_ = std::move(columns);
  rows_at_once_ =
      std::max<std::size_t>(1, values_at_once / std::max<std::size_t>(1, columns_.size()));
  waiting_.clear();
}

void TableLoader::row(std::span<const Param> values) {
  if (values.size() != columns_.size()) programmer_error("a row of another table");
  for (const Param& value : values) {
    waiting_.push_back({value.type(), value.integer(), value.real(), std::string(value.text())});
  }
  if (waiting_.size() == rows_at_once_ * columns_.size()) insert(rows_at_once_);
}

void TableLoader::end() {
  if (waiting_.empty()) return;
  // One at a time, so that there are two statements a table and not as many as there are rests.
  const std::vector<Value> rest = std::exchange(waiting_, {});
  for (std::size_t at = 0; at < rest.size(); at += columns_.size()) {
    waiting_.assign(rest.begin() + static_cast<std::ptrdiff_t>(at),
                    rest.begin() + static_cast<std::ptrdiff_t>(at + columns_.size()));
    insert(1);
  }
}

std::string TableLoader::insert_text(std::size_t rows) const {
  std::string text = "INSERT INTO " + quoted(table_) + " (" + names_of(columns_) + ")";
  if (tx_.engine() == Engine::postgres) text += " OVERRIDING SYSTEM VALUE";
  text += " VALUES ";
  std::size_t parameter = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    text += row == 0 ? "(" : ", (";
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (column > 0) text += ", ";
      text += "$" + std::to_string(++parameter);
    }
    text += ")";
  }
  return text;
}

void TableLoader::insert(std::size_t rows) {
  std::vector<Param> params;
  params.reserve(waiting_.size());
  for (const Value& value : waiting_) {
    switch (value.type) {
      case Param::Type::null:
        params.emplace_back(nullptr);
        break;
      case Param::Type::integer:
        params.emplace_back(value.integer);
        break;
      case Param::Type::real:
        params.emplace_back(value.real);
        break;
      case Param::Type::text:
        params.emplace_back(value.text);
        break;
      case Param::Type::bytes:
        params.push_back(Param::bytes(value.text));
        break;
    }
  }
  run(tx_, insert_text(rows), params, no_row);
  waiting_.clear();
}

void TableLoader::finish() {
  if (tx_.engine() == Engine::sqlite) {
    for (const std::string& trigger : triggers_) tx_.script(trigger);
    return;
  }
  // Constraints that are checked at the end are checked before a table is altered again.
  tx_.script("SET CONSTRAINTS ALL IMMEDIATE");
  for (const Table& table : tables_) {
    tx_.script("ALTER TABLE " + quoted(table.name) + " ENABLE TRIGGER USER");
  }
  go_on_numbering();
}

void TableLoader::go_on_numbering() {
  std::vector<std::pair<std::string, std::string>> numbered;
  tx_.each(
      Sql("SELECT '', '' WHERE 0",
          "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a"
          " ON a.attrelid = c.oid AND a.attidentity IN ('a', 'd')"
          " WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)"),
      [&](const Row& row) {
        if (std::ranges::find(tables_, row.text(0), &Table::name) == tables_.end()) return;
        numbered.emplace_back(row.string(0), row.string(1));
      });
  for (const auto& [table, column] : numbered) {
    run(tx_,
        "SELECT setval(pg_get_serial_sequence($1, $2), COALESCE((SELECT max(" + quoted(column) +
            ") FROM " + quoted(table) + "), 0) + 1, false)",
        std::vector<Param>{Param(table), Param(column)}, no_row);
  }
}

}  // namespace picsharz::db
