// DuckDB, opened at run time through its C interface (warehouse_main.h's process only).
//
// What:      Debian has no DuckDB. The library's few functions that are used here are declared
//            here, so that the program builds without it; tools/fetch_duckdb.py pins
//            its bytes, and load() accepts the one version that was looked at. No type of it leaves
//            the room.
// Threads:   those of the library; a connection is used by one thread at a time.
// Ownership: the library stays loaded to the end of the process.
// Failures:  WarehouseError with a sentence for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "warehouse/table.h"

namespace picsharz::warehouse {

inline constexpr std::string_view duckdb_version = "v1.4.4";

// The library's own handles, opaque, and its plain structs.
namespace duck {

using Index = std::uint64_t;
using Database = void*;
using Connection = void*;
using Config = void*;
using Chunk = void*;
using Vector = void*;
using LogicalType = void*;
using Prepared = void*;
using Extracted = void*;
using TableFunction = void*;
using Info = void*;  // of binding, starting or running a table function

struct Result {
  Index column_count = 0;
  Index row_count = 0;
  Index rows_changed = 0;
  void* columns = nullptr;
  char* error = nullptr;
  void* internal = nullptr;
};

// Up to 12 bytes stand in it; of more the first four, and a pointer to all.
struct String {
  std::uint32_t length;
  char inlined[12];
  std::string_view view() const {
    if (length <= sizeof inlined) return {inlined, length};
    const char* data = nullptr;
    std::memcpy(static_cast<void*>(&data), inlined + 4, sizeof data);
    return {data, length};
  }
};
static_assert(sizeof(String) == 16 && sizeof(Result) == 48);

enum State { success = 0 };
enum Statement { select = 1 };
enum Type { type_bigint = 5, type_double = 11, type_varchar = 17, type_blob = 18 };

}  // namespace duck

struct DuckdbLibrary {
  static const DuckdbLibrary& load(const std::string& path);

  const char* (*library_version)();
  int (*make_config)(duck::Config*);
  int (*set_config)(duck::Config, const char* name, const char* value);
  void (*destroy_config)(duck::Config*);
  int (*open_ext)(const char* path, duck::Database*, duck::Config, char** error);
  void (*close)(duck::Database*);
  int (*connect)(duck::Database, duck::Connection*);
  void (*disconnect)(duck::Connection*);
  void (*release)(void*);
  int (*query)(duck::Connection, const char* sql, duck::Result*);
  void (*destroy_result)(duck::Result*);
  const char* (*result_error)(duck::Result*);
  const char* (*column_name)(duck::Result*, duck::Index);
  int (*column_type)(duck::Result*, duck::Index);
  duck::Index (*column_count)(duck::Result*);
  duck::Chunk (*fetch_chunk)(duck::Result);
  duck::Index (*chunk_size)(duck::Chunk);
  duck::Vector (*chunk_vector)(duck::Chunk, duck::Index);
  void (*set_chunk_size)(duck::Chunk, duck::Index);
  void (*destroy_chunk)(duck::Chunk*);
  void* (*vector_data)(duck::Vector);
  std::uint64_t* (*vector_validity)(duck::Vector);
  void (*make_validity)(duck::Vector);
  void (*assign_text)(duck::Vector, duck::Index, const char*, duck::Index);
  duck::Index (*vector_size)();
  duck::Index (*extract)(duck::Connection, const char* sql, duck::Extracted*);
  const char* (*extract_error)(duck::Extracted);
  void (*destroy_extracted)(duck::Extracted*);
  int (*prepare_extracted)(duck::Connection, duck::Extracted, duck::Index, duck::Prepared*);
  int (*prepare)(duck::Connection, const char* sql, duck::Prepared*);
  const char* (*prepare_error)(duck::Prepared);
  int (*statement_type)(duck::Prepared);
  int (*execute)(duck::Prepared, duck::Result*);
  int (*execute_streaming)(duck::Prepared, duck::Result*);
  void (*destroy_prepared)(duck::Prepared*);
  duck::LogicalType (*make_type)(int);
  void (*destroy_type)(duck::LogicalType*);
  duck::TableFunction (*make_function)();
  void (*destroy_function)(duck::TableFunction*);
  void (*name_function)(duck::TableFunction, const char*);
  void (*function_bind)(duck::TableFunction, void (*)(duck::Info));
  void (*function_start)(duck::TableFunction, void (*)(duck::Info));
  void (*function_run)(duck::TableFunction, void (*)(duck::Info, duck::Chunk));
  int (*register_function)(duck::Connection, duck::TableFunction);
  void (*bind_column)(duck::Info, const char*, duck::LogicalType);
  void (*start_threads)(duck::Info, duck::Index);
  void (*run_error)(duck::Info, const char*);
};

// A statement that DuckDB refuses or cannot finish; what() is its sentence.
class DuckdbError : public WarehouseError {
 public:
  using WarehouseError::WarehouseError;
};

// A database in memory with one connection.
class Duckdb {
 public:
  // One thread, `memory` bytes for data, nothing put aside on disk, and nothing ever fetched.
  Duckdb(const DuckdbLibrary& library, std::int64_t memory);
  ~Duckdb();
  Duckdb(const Duckdb&) = delete;
  Duckdb& operator=(const Duckdb&) = delete;

  const DuckdbLibrary& library() const { return library_; }
  duck::Connection connection() const { return connection_; }

  // Statements of our own; what they return is dropped.
  void run(const std::string& sql);
  // Calls `each` for each row of a statement of our own that returns texts; a NULL is empty.
  void texts(const std::string& sql, FunctionRef<void(const std::vector<std::string>&)> each);
  // The rows of a statement, as they are made; each cell is a BIGINT, DOUBLE, VARCHAR or BLOB, or
  // this is a DuckdbError. Returns their number. `each` returns false to stop.
  std::int64_t rows(const std::string& sql, FunctionRef<bool(std::span<const Cell>)> each);
  // Throws unless it is one statement, a SELECT, and right.
  void check_select(const std::string& sql);

 private:
  const DuckdbLibrary& library_;
  duck::Database database_ = nullptr;
  duck::Connection connection_ = nullptr;
};

// For SQL of our own.
std::string quoted_text(std::string_view text);
std::string quoted_name(std::string_view name);

}  // namespace picsharz::warehouse
