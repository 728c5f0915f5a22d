// A question, in the process that has DuckDB. In this order: the library is loaded, the process
// gives up everything but the tables' files, DuckDB is told the same and its settings are locked,
// and only then the question is looked at.
#include <algorithm>
#include <array>
#include <cctype>

#include "warehouse/enclosure.h"
#include "warehouse/jobs.h"

namespace picsharz::warehouse {
namespace {

// Functions that may stand for a table. Any other could read a file or change a setting: that is
// refused before it is looked up, and again by DuckDB's locks, and again by the kernel.
constexpr std::array<std::string_view, 8> table_functions{
    "range",      "generate_series", "unnest",    "repeat",
    "repeat_row", "json_each",       "json_tree", "duckdb_functions"};

struct TableSource {
  std::string name;
  std::string file;
  Format format;
  std::vector<Column> columns;
  std::vector<std::string> hidden;
};

struct QuestionJob {
  std::int64_t memory;
  std::int64_t memory_beside;
  std::int64_t rows;
  std::int64_t row_bytes;
  std::string sql;
  std::vector<TableSource> tables;
};

QuestionJob unpack(Unpacker& job) {
  QuestionJob question;
  question.memory = job.number();
  question.memory_beside = job.number();
  question.rows = job.number();
  question.row_bytes = job.number();
  question.sql = job.text();
  question.tables.resize(static_cast<std::size_t>(job.number()));
  for (TableSource& table : question.tables) {
    table.name = job.text();
    table.file = job.text();
    table.format = static_cast<Format>(job.number());
    table.columns = unpack_columns(job);
    table.hidden.resize(static_cast<std::size_t>(job.number()));
    for (std::string& column : table.hidden) column = job.text();
  }
  return question;
}

// {'id': 'BIGINT', 'hash': 'VARCHAR'}: bytes are hexadecimal in both text formats.
std::string columns_literal(const std::vector<Column>& columns) {
  std::string out = "{";
  for (const Column& column : columns) {
    if (out.size() > 1) out += ", ";
    const bool integer = column.type == Column::Type::integer;
    const bool real = column.type == Column::Type::real;
    out += quoted_text(column.name) + ": ";
    out += integer ? "'BIGINT'" : real ? "'DOUBLE'" : "'VARCHAR'";
  }
  return out + "}";
}

std::string source_of(const TableSource& table) {
  const std::string file = quoted_text(table.file);
  switch (table.format) {
    case Format::parquet:
      return "read_parquet(" + file + ")";
    case Format::json:
      return "read_json(" + file +
             ", format = 'newline_delimited', auto_detect = false, columns = " +
             columns_literal(table.columns) + ")";
    case Format::csv:
      break;
  }
  return "read_csv(" + file +
         ", auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"',"
         " nullstr = '', allow_quoted_nulls = false, parallel = false, columns = " +
         columns_literal(table.columns) + ")";
}

std::string view_of(const TableSource& table) {
  std::string list;
  for (const Column& column : table.columns) {
    if (std::ranges::find(table.hidden, column.name) != table.hidden.end()) continue;
    if (!list.empty()) list += ", ";
    const std::string name = quoted_name(column.name);
    const bool hex = column.type == Column::Type::bytes && table.format != Format::parquet;
    list += hex ? "unhex(" + name + ") AS " + name : name;
  }
  return "CREATE VIEW " + quoted_name(table.name) + " AS SELECT " + list + " FROM " +
         source_of(table);
}

void lock_down(Duckdb& database, const QuestionJob& question) {
  std::string files;
  for (const TableSource& table : question.tables) {
    if (!files.empty()) files += ", ";
    files += quoted_text(table.file);
  }
  database.run("SET allowed_paths = [" + files + "]");
  database.run("SET enable_external_access = false");
  database.run("SET TimeZone = 'UTC'");
  for (const TableSource& table : question.tables) database.run(view_of(table));
  database.run("SET lock_configuration = true");
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// DuckDB's own reading of the question: which functions stand for tables, which tables it names.
// A name with a point or a stroke in it would be taken for a file.
void check_names(Duckdb& database, const std::string& sql) {
  const auto check = [](const std::vector<std::string>& found) {
    const std::string& key = found[0];
    const std::string name = lower_case(found[2]);
    if (key == "function_name" && found[1].ends_with(".function") &&
        std::ranges::find(table_functions, name) == table_functions.end()) {
      throw DuckdbError("The function " + name + " cannot be used here: ask the tables.");
    }
    if (key == "table_name" && name.find_first_of("./\\:*?[") != std::string::npos) {
      throw DuckdbError("There is no table " + name + ": files cannot be asked.");
    }
    if (key == "error_message") {
      const bool other = name.find("only select") != std::string::npos;
      throw DuckdbError(other ? "Only a SELECT is answered." : "Parser Error: " + found[2]);
    }
  };
  database.texts(
      "SELECT key, path, json_extract_string(value, '$') FROM json_tree(json_serialize_sql(" +
          quoted_text(sql) + ")) WHERE key IN ('function_name', 'table_name', 'error_message')",
      check);
}

struct AnswerColumn {
  std::string name;
  std::string type;
  Column::Type kind;
};

constexpr std::array<std::string_view, 11> integers{"TINYINT", "SMALLINT", "INTEGER",   "BIGINT",
                                                    "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                                                    "UBIGINT", "UHUGEINT", "BOOLEAN"};

Column::Type kind_of(const std::string& type) {
  if (std::ranges::find(integers, type) != integers.end()) return Column::Type::integer;
  const bool real = type == "DOUBLE" || type == "FLOAT" || type.starts_with("DECIMAL(");
  // DECIMAL(4,2)[] is a list.
  if (real && !type.ends_with(']')) return Column::Type::real;
  return type == "BLOB" ? Column::Type::bytes : Column::Type::text;
}

// Column `number` of the answer as one of the four types.
std::string cast_of(const AnswerColumn& column, std::size_t number) {
  const std::string name = "c" + std::to_string(number);
  const std::string real = "CAST(" + name + " AS DOUBLE)";
  switch (column.kind) {
    case Column::Type::integer:
      return "CAST(" + name + " AS BIGINT)";
    case Column::Type::real:
      return "CASE WHEN isfinite(" + real + ") THEN " + real + " END";
    case Column::Type::bytes:
      return name;
    case Column::Type::text:
      break;
  }
  return "CAST(" + name + " AS VARCHAR)";
}

// query() takes a text and answers it as a table: nothing in it can end the statement around it.
std::string answer_sql(const std::string& question, const std::vector<AnswerColumn>& columns,
                       std::int64_t rows) {
  std::string casts;
  std::string names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    casts += (i > 0 ? ", " : "") + cast_of(columns[i], i);
    names += (i > 0 ? ", c" : "c") + std::to_string(i);
  }
  // One more tells that there are more.
  return "SELECT " + casts + " FROM query(" + question + ") AS answer(" + names + ") LIMIT " +
         std::to_string(rows + 1);
}

std::vector<AnswerColumn> describe(Duckdb& database, const std::string& question) {
  std::vector<AnswerColumn> columns;
  database.texts(
      "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM query(" + question + "))",
      [&](const std::vector<std::string>& row) {
        columns.push_back({row[0], row[1], kind_of(row[1])});
      });
  return columns;
}

bool send_columns(int socket, const std::vector<AnswerColumn>& columns) {
  Packer frame;
  for (const AnswerColumn& column : columns) {
    frame.text(column.name);
    frame.text(column.type);
    frame.number(static_cast<std::int64_t>(column.kind));
  }
  return send_frame(socket, FrameKind::columns, frame.bytes());
}

}  // namespace

void query_job(int socket, const std::string& library, Unpacker& job) {
  const QuestionJob question = unpack(job);
  const DuckdbLibrary& duckdb = DuckdbLibrary::load(library);
  OpenFiles files;
  for (const TableSource& table : question.tables) files.read.push_back(table.file);
  limit_memory(question.memory + question.memory_beside);
  if (!enclose(files).complete()) {
    throw WarehouseError(
        "This kernel has no seccomp filters or no Landlock, so no question is answered. Use Linux "
        "5.13 or later, with landlock in its list of security modules (lsm=landlock,...).");
  }
  Duckdb database(duckdb, question.memory);
  try {
    lock_down(database, question);
  } catch (const DuckdbError& failure) {
    throw WarehouseError(std::string("The tables of this backup cannot be read. ") +
                         failure.what());
  }
  check_names(database, question.sql);
  database.check_select(question.sql);
  const std::string quoted = quoted_text(question.sql);
  const std::vector<AnswerColumn> columns = describe(database, quoted);
  if (!send_columns(socket, columns)) return;
  RowSender sender(socket, question.row_bytes);
  database.rows(answer_sql(quoted, columns, question.rows),
                [&](std::span<const Cell> cells) { return sender.row(cells); });
  if (sender.flush()) send_frame(socket, FrameKind::done, "");
}

}  // namespace picsharz::warehouse
