// A table in a file: what a backup keeps of the database's rows, and what is asked over them.
//
// What:      a table has columns of four types, the database's own (db/database.h), and rows of
//            cells. Three formats hold it, each bit for bit: what read_table() gives is what
//            write_table() took.
//              parquet  zstd, row groups of 20,000 rows: small, and the fastest to ask
//              json     a line is a row: {"id":1,"name":"Mei"}; bytes are lower-case hexadecimal
//              csv      RFC 4180 with a header; bytes are lower-case hexadecimal; text is always
//                       in quotes, NULL is nothing at all, so that "" is an empty text
//            A real number is written with as many digits as it takes to read the same one again.
// Limits:    text is UTF-8 without U+0000 and a real number is finite: anything else is refused
//            with WarehouseError, because no format would give it back.
// Threads:   plain values.
// Ownership: a Cell borrows text and bytes for the length of a call.
// Failures:  WarehouseError: a file that cannot be written or read, or is not what it should be, or
//            an engine that is missing, with a sentence for people.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace picsharz::warehouse {

class WarehouseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Where DuckDB is. It runs in processes of its own: `program` is started anew with the hidden
// command "warehouse" (warehouse_main.h). JSON and CSV are written and read without it.
struct Engine {
  std::string library;    // libduckdb.so
  std::string program{};  // empty: this program
};

enum class Format { parquet, json, csv };

// "parquet", and back.
std::string_view name_of(Format format);
std::optional<Format> format_of(std::string_view name);

struct Column {
  enum class Type { integer, real, text, bytes };
  std::string name;
  Type type = Type::text;
  bool operator==(const Column&) const = default;
};

std::string_view name_of(Column::Type type);
std::optional<Column::Type> type_of(std::string_view name);

// Borrowed bytes; a plain string_view is text.
struct Bytes {
  std::string_view view;
  bool operator==(const Bytes&) const = default;
};

using Cell = std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes>;

}  // namespace picsharz::warehouse
