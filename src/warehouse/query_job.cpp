// A question, in the process that has DuckDB. In this order: the library is loaded, the process
// gives up everything but the tables' files, DuckDB is told the same and its settings are locked,
// and only then the question is looked at.
#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

#include "warehouse/enclosure.h"
#include "warehouse/jobs.h"

namespace picsharz::warehouse {
namespace {

// Functions that may stand for a table. Any other could read a file or change a setting: that is
// refused before it is looked up, and again by DuckDB's locks, and again by the kernel.
constexpr std::array<std::string_view, 8> table_functions{
    "range",      "generate_series", "unnest",    "repeat",
    "repeat_row", "json_each",       "json_tree", "duckdb_functions"};

// Schemas and catalogs that a question may name. With any other one DuckDB would take
// "/srv/tables/accounts".parquet for the file /srv/tables/accounts.parquet.
constexpr std::array<std::string_view, 6> known_schemas{
    "", "main", "information_schema", "pg_catalog", "memory", "system"};

constexpr std::string_view too_wide =
    "A whole number of the answer does not fit into 64 bits. Ask for it with ::VARCHAR.";

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

// With their schema: what these functions are called without it leads nowhere (take_readers_away).
std::string source_of(const TableSource& table) {
  const std::string file = quoted_text(table.file);
  switch (table.format) {
    case Format::parquet:
      return "system.main.read_parquet(" + file + ")";
    case Format::json:
      return "system.main.read_json(" + file +
             ", format = 'newline_delimited', auto_detect = false, columns = " +
             columns_literal(table.columns) + ")";
    case Format::csv:
      break;
  }
  return "system.main.read_csv(" + file +
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
    if (hex) list.append("unhex(").append(name).append(") AS ");
    list += name;
  }
  return "CREATE VIEW " + quoted_name(table.name) + " AS SELECT " + list + " FROM " +
         source_of(table);
}

// A second barrier behind check_names(): DuckDB has no setting against taking a name for a file,
// but then it calls a function that reads one, by its name alone. Here all of these are others.
void take_readers_away(Duckdb& database) {
  std::string macros;
  database.texts(
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table' AND "
      "regexp_matches(function_name, '^(read_|parquet_|sniff_|glob$)')",
      [&](const std::vector<std::string>& row) {
        macros += "CREATE MACRO main." + quoted_name(row[0]) +
                  "(file) AS TABLE SELECT error('There is no such table: files cannot be asked.');";
      });
  database.run(macros);
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
  take_readers_away(database);
  database.run("SET lock_configuration = true");
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Throws where a question may not name what it names: another function as a table, or a file.
// `key` is the parser's for `name`, and `path` where it stands in the question.
void check_name(const std::string& key, const std::string& path, const std::string& name) {
  const std::string lower = lower_case(name);
  if (key == "function_name" && path.ends_with(".function") &&
      std::ranges::find(table_functions, lower) == table_functions.end()) {
    throw DuckdbError("The function " + lower + " cannot be used here: ask the tables.");
  }
  if (key == "table_name" && lower.find_first_of("./\\:*?[") != std::string::npos) {
    throw DuckdbError("There is no table " + lower + ": files cannot be asked.");
  }
  const bool schema = key == "schema_name" || key == "catalog_name";
  if (schema && std::ranges::find(known_schemas, lower) == known_schemas.end()) {
    throw DuckdbError("There is no schema " + lower + ": files cannot be asked.");
  }
  if (key == "error_message") {
    const bool other = lower.find("only select") != std::string::npos;
    throw DuckdbError(other ? "Only a SELECT is answered." : "Parser Error: " + name);
  }
}

// DuckDB's own reading of the question: which functions stand for tables, which tables it names.
// Returns those of the backup; a WITH of the same name counts as the table.
std::vector<std::string> check_names(Duckdb& database, const QuestionJob& question) {
  std::vector<std::string> named;
  database.texts(
      "SELECT key, path, json_extract_string(value, '$') FROM json_tree(json_serialize_sql(" +
          quoted_text(question.sql) +
          ")) WHERE key IN ('function_name', 'table_name', 'schema_name', 'catalog_name', "
          "'error_message')",
      [&](const std::vector<std::string>& found) {
        check_name(found[0], found[1], found[2]);
        if (found[0] == "table_name") named.push_back(lower_case(found[2]));
      });
  std::vector<std::string> tables;
  for (const TableSource& table : question.tables) {
    if (std::ranges::find(named, table.name) != named.end()) tables.push_back(table.name);
  }
  return tables;
}

struct AnswerColumn {
  std::string name;
  std::string type;
  Column::Type kind;
};

constexpr std::array<std::string_view, 8> integers{"TINYINT",  "SMALLINT",  "INTEGER",  "BIGINT",
                                                   "UTINYINT", "USMALLINT", "UINTEGER", "BOOLEAN"};

// Of sums, most of which fit into 64 bits: text is for the answers that have one that does not.
// What is wider by itself, as hashes are (UBIGINT), is always text, so that every digit stays.
constexpr std::string_view type_of_sums = "HUGEINT";

Column::Type kind_of(const std::string& type, bool sums_are_text) {
  if (type == type_of_sums) return sums_are_text ? Column::Type::text : Column::Type::integer;
  if (std::ranges::find(integers, type) != integers.end()) return Column::Type::integer;
  const bool real = type == "DOUBLE" || type == "FLOAT" || type.starts_with("DECIMAL(");
  // DECIMAL(4,2)[] is a list.
  if (real && !type.ends_with(']')) return Column::Type::real;
  return type == "BLOB" ? Column::Type::bytes : Column::Type::text;
}

std::string integer_of(const std::string& name, const std::string& type) {
  std::string cast = "CAST(" + name + " AS BIGINT)";
  if (type != type_of_sums) return cast;
  return "CASE WHEN " + name + " BETWEEN -9223372036854775808 AND 9223372036854775807 THEN " +
         cast + " WHEN " + name + " IS NOT NULL THEN error(" + quoted_text(too_wide) + ") END";
}

// Column `number` of the answer as one of the four types.
std::string cast_of(const AnswerColumn& column, std::size_t number) {
  std::string name = "c" + std::to_string(number);
  const std::string real = "CAST(" + name + " AS DOUBLE)";
  switch (column.kind) {
    case Column::Type::integer:
      return integer_of(name, column.type);
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

std::vector<AnswerColumn> describe(Duckdb& database, const std::string& question,
                                   bool sums_are_text) {
  std::vector<AnswerColumn> columns;
  database.texts(
      "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM query(" + question + "))",
      [&](const std::vector<std::string>& row) {
        columns.push_back({row[0], row[1], kind_of(row[1], sums_are_text)});
      });
  return columns;
}

std::string head_of(const std::vector<std::string>& tables,
                    const std::vector<AnswerColumn>& columns) {
  Packer head;
  head.number(std::ssize(tables));
  for (const std::string& table : tables) head.text(table);
  for (const AnswerColumn& column : columns) {
    head.text(column.name);
    head.text(column.type);
    head.number(static_cast<std::int64_t>(column.kind));
  }
  return std::move(head.bytes());
}

// False: a sum does not fit into 64 bits, and nobody was told yet that all do.
bool send_answer(int socket, Duckdb& database, const QuestionJob& question,
                 const std::vector<std::string>& tables, bool sums_are_text) {
  const std::string quoted = quoted_text(question.sql);
  const std::vector<AnswerColumn> columns = describe(database, quoted, sums_are_text);
  RowSender sender(socket, question.row_bytes, head_of(tables, columns));
  try {
    database.rows(answer_sql(quoted, columns, question.rows),
                  [&](std::span<const Cell> cells) { return sender.row(cells); });
  } catch (const DuckdbError& failure) {
    const bool wide = std::string_view(failure.what()).find(too_wide) != std::string_view::npos;
    if (wide && !sums_are_text && !sender.begun()) return false;
    throw;
  }
  if (sender.flush()) send_frame(socket, FrameKind::done, "");
  return true;
}

// The place in a sentence of DuckDB's is one in the statement around the question, which is ours.
DuckdbError without_place(const DuckdbError& failure) {
  const std::string_view sentence = failure.what();
  return DuckdbError(std::string(sentence.substr(0, sentence.rfind("\n\nLINE "))));
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
  const std::vector<std::string> tables = check_names(database, question);
  database.check_select(question.sql);
  try {
    if (send_answer(socket, database, question, tables, false)) return;
    send_answer(socket, database, question, tables, true);
  } catch (const DuckdbError& failure) {
    throw without_place(failure);
  }
}

}  // namespace picsharz::warehouse
