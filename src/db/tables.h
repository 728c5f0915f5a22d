// Whole tables, whatever they are called: what a backup reads and a restore writes, on both
// engines.
//
// What:      list_tables() asks the database itself what there is. each_row() reads one table
//            within the transaction's snapshot, a piece at a time. TableLoader fills tables in one
//            transaction, without their triggers: what those would write is in the rows already.
// SQL:       made here of names that the database itself gave; nothing else is put into it.
// Threads:   in the caller's transaction. A TableLoader lives within one.
// Failures:  as those of Tx. A loader that is destroyed before finish() leaves triggers out: the
//            caller rolls back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "db/database.h"

namespace picsharz::db {

struct TableColumn {
  enum class Type { integer, real, text, bytes };
  std::string name;
  Type type = Type::text;
  bool operator==(const TableColumn&) const = default;
};

struct Table {
  std::string name;
  std::vector<TableColumn> columns;    // by name: the engines may have them in another order
  std::vector<std::string> refers_to;  // other tables
};

// All but views, virtual tables and what lies behind those. A table stands behind those that it
// refers to.
std::vector<Table> list_tables(Tx& tx);
// Their names alone, by name: also of a database of which nothing is known, whose tables may refer
// to each other or to what lies elsewhere.
std::vector<std::string> table_names(Tx& tx);

// Every row of it, in no order; its columns as in table.columns.
void each_row(Tx& tx, const Table& table, FunctionRef<void(const Row&)> each);
std::int64_t count_rows(Tx& tx, const Table& table);

class TableLoader {
 public:
  // Tables as list_tables() gives them, or some of these, in its order. What is in them goes.
  TableLoader(Tx& tx, std::vector<Table> tables);
  TableLoader(const TableLoader&) = delete;
  TableLoader& operator=(const TableLoader&) = delete;

  // Tables one after the other, in their order. Values as in table.columns; `columns` may be fewer
  // than those: the others take their default.
  void begin(const Table& table, std::vector<TableColumn> columns);
  void row(std::span<const Param> values);
  void end();
  // Triggers are back, and numbers that the engine gives go on behind those that are there.
  void finish();

 private:
  struct Value {
    Param::Type type = Param::Type::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string text{};
  };

  void clear();
  void insert(std::size_t rows);
  std::string insert_text(std::size_t rows) const;
  void take_triggers_out();
  void go_on_numbering();

  Tx& tx_;
  const std::vector<Table> tables_;
  std::vector<std::string> triggers_;  // of SQLite: what makes them again
  std::string table_;
  std::vector<TableColumn> columns_;
  std::size_t rows_at_once_ = 1;
  std::vector<Value> waiting_;  // of rows that are not inserted yet
};

}  // namespace picsharz::db
