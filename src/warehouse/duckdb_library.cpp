#include "warehouse/duckdb_library.h"

#include <dlfcn.h>

#include <array>
#include <memory>
#include <new>
#include <span>

namespace picsharz::warehouse {
namespace {

const std::string what_to_do = "; run tools/fetch_duckdb.py";

void* open_library(const std::string& path) {
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    throw WarehouseError("DuckDB cannot be loaded (" + std::string(reason ? reason : "unknown") +
                         ")" + what_to_do);
  }
  return handle;
}

template <class Function>
void take(void* handle, Function& function, const char* name) {
  function = reinterpret_cast<Function>(::dlsym(handle, name));
  if (function == nullptr) {
    throw WarehouseError("the library of DuckDB has no " + std::string(name) + what_to_do);
  }
}

void take_queries(void* handle, DuckdbLibrary& api) {
  take(handle, api.make_config, "duckdb_create_config");
  take(handle, api.set_config, "duckdb_set_config");
  take(handle, api.destroy_config, "duckdb_destroy_config");
  take(handle, api.open_ext, "duckdb_open_ext");
  take(handle, api.close, "duckdb_close");
  take(handle, api.connect, "duckdb_connect");
  take(handle, api.disconnect, "duckdb_disconnect");
  take(handle, api.release, "duckdb_free");
  take(handle, api.query, "duckdb_query");
  take(handle, api.destroy_result, "duckdb_destroy_result");
  take(handle, api.result_error, "duckdb_result_error");
  take(handle, api.column_name, "duckdb_column_name");
  take(handle, api.column_type, "duckdb_column_type");
  take(handle, api.column_count, "duckdb_column_count");
  take(handle, api.extract, "duckdb_extract_statements");
  take(handle, api.extract_error, "duckdb_extract_statements_error");
  take(handle, api.destroy_extracted, "duckdb_destroy_extracted");
  take(handle, api.prepare_extracted, "duckdb_prepare_extracted_statement");
  take(handle, api.prepare, "duckdb_prepare");
  take(handle, api.prepare_error, "duckdb_prepare_error");
  take(handle, api.statement_type, "duckdb_prepared_statement_type");
  take(handle, api.execute, "duckdb_execute_prepared");
  take(handle, api.execute_streaming, "duckdb_execute_prepared_streaming");
  take(handle, api.destroy_prepared, "duckdb_destroy_prepare");
}

void take_chunks(void* handle, DuckdbLibrary& api) {
  take(handle, api.fetch_chunk, "duckdb_fetch_chunk");
  take(handle, api.chunk_size, "duckdb_data_chunk_get_size");
  take(handle, api.chunk_vector, "duckdb_data_chunk_get_vector");
  take(handle, api.set_chunk_size, "duckdb_data_chunk_set_size");
  take(handle, api.destroy_chunk, "duckdb_destroy_data_chunk");
  take(handle, api.vector_data, "duckdb_vector_get_data");
  take(handle, api.vector_validity, "duckdb_vector_get_validity");
  take(handle, api.make_validity, "duckdb_vector_ensure_validity_writable");
  take(handle, api.assign_text, "duckdb_vector_assign_string_element_len");
  take(handle, api.vector_size, "duckdb_vector_size");
}

void take_functions(void* handle, DuckdbLibrary& api) {
  take(handle, api.make_type, "duckdb_create_logical_type");
  take(handle, api.destroy_type, "duckdb_destroy_logical_type");
  take(handle, api.make_function, "duckdb_create_table_function");
  take(handle, api.destroy_function, "duckdb_destroy_table_function");
  take(handle, api.name_function, "duckdb_table_function_set_name");
  take(handle, api.function_bind, "duckdb_table_function_set_bind");
  take(handle, api.function_start, "duckdb_table_function_set_init");
  take(handle, api.function_run, "duckdb_table_function_set_function");
  take(handle, api.register_function, "duckdb_register_table_function");
  take(handle, api.bind_column, "duckdb_bind_add_result_column");
  take(handle, api.start_threads, "duckdb_init_set_max_threads");
  take(handle, api.run_error, "duckdb_function_set_error");
}

DuckdbLibrary open_api(const std::string& path) {
  void* handle = open_library(path);
  DuckdbLibrary api{};
  take(handle, api.library_version, "duckdb_library_version");
  if (const std::string version = api.library_version(); version != duckdb_version) {
    throw WarehouseError("the library of DuckDB is version " + version + ", not " +
                         std::string(duckdb_version) + what_to_do);
  }
  take_queries(handle, api);
  take_chunks(handle, api);
  take_functions(handle, api);
  return api;
}

// Releases what a statement made, in the order in which it was made.
struct Statement {
  explicit Statement(const DuckdbLibrary& of) : library(of) {}
  ~Statement() {
    library.destroy_result(&result);
    if (prepared != nullptr) library.destroy_prepared(&prepared);
    if (extracted != nullptr) library.destroy_extracted(&extracted);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void check_prepared(int state) const {
    if (state != duck::success) fail(library.prepare_error(prepared));
  }
  void check_result(int state) {
    if (state != duck::success) fail(library.result_error(&result));
  }
  [[noreturn]] static void fail(const char* sentence) {
    throw DuckdbError(sentence != nullptr ? sentence : "DuckDB says no reason.");
  }

  const DuckdbLibrary& library;
  duck::Extracted extracted = nullptr;
  duck::Prepared prepared = nullptr;
  duck::Result result;
};

// One column of a chunk.
struct ColumnData {
  int type;
  const void* data;
  const std::uint64_t* validity;  // null: no cell of it is NULL

  Cell cell(duck::Index row) const {
    const bool there = validity == nullptr || (validity[row / 64] >> (row % 64) & 1) != 0;
    if (!there) return {};
    switch (type) {
      case duck::type_bigint:
        return static_cast<const std::int64_t*>(data)[row];
      case duck::type_double:
        return static_cast<const double*>(data)[row];
      case duck::type_varchar:
        return static_cast<const duck::String*>(data)[row].view();
      default:
        return Bytes{static_cast<const duck::String*>(data)[row].view()};
    }
  }
};

class ChunkRows {
 public:
  ChunkRows(const DuckdbLibrary& library, duck::Result& result)
      : library_(library), result_(result) {
    for (duck::Index i = 0; i < library.column_count(&result); ++i) {
      const int type = library.column_type(&result, i);
      if (type != duck::type_bigint && type != duck::type_double && type != duck::type_varchar &&
          type != duck::type_blob) {
        throw DuckdbError("a column has an unexpected type: " +
                          std::string(library.column_name(&result, i)));
      }
      columns_.push_back({type, nullptr, nullptr});
    }
    cells_.resize(columns_.size());
  }

  // The rows of the next chunk; false at the end, or where `each` stops.
  bool next(FunctionRef<bool(std::span<const Cell>)> each, std::int64_t& rows) {
    const auto destroy = [this](void* chunk) { library_.destroy_chunk(&chunk); };
    const std::unique_ptr<void, decltype(destroy)> chunk(library_.fetch_chunk(result_), destroy);
    if (!chunk) return check_end();
    const duck::Index size = library_.chunk_size(chunk.get());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      duck::Vector vector = library_.chunk_vector(chunk.get(), i);
      columns_[i].data = library_.vector_data(vector);
      columns_[i].validity = library_.vector_validity(vector);
    }
    for (duck::Index row = 0; row < size; ++row) {
      for (std::size_t i = 0; i < columns_.size(); ++i) cells_[i] = columns_[i].cell(row);
      ++rows;
      if (!each(cells_)) return false;
    }
    return size > 0;
  }

 private:
  // A stream that breaks off ends, too, and leaves its reason.
  bool check_end() {
    const char* error = library_.result_error(&result_);
    if (error != nullptr && *error != 0) Statement::fail(error);
    return false;
  }

  const DuckdbLibrary& library_;
  duck::Result& result_;
  std::vector<ColumnData> columns_;
  std::vector<Cell> cells_;
};

std::string quoted(std::string_view text, char mark) {
  std::string out(1, mark);
  for (const char c : text) {
    if (c == mark) out += mark;
    out += c;
  }
  return out += mark;
}

}  // namespace

const DuckdbLibrary& DuckdbLibrary::load(const std::string& path) {
  static const DuckdbLibrary library = open_api(path);
  return library;
}

Duckdb::Duckdb(const DuckdbLibrary& library, std::int64_t memory) : library_(library) {
  const std::string memory_limit = std::to_string(memory) + "B";
  const std::array<std::array<const char*, 2>, 6> settings{
      {{"threads", "1"},
       {"memory_limit", memory_limit.c_str()},
       {"temp_directory", ""},
       {"autoinstall_known_extensions", "false"},
       {"autoload_known_extensions", "false"},
       {"allow_community_extensions", "false"}}};
  duck::Config config = nullptr;
  if (library.make_config(&config) != duck::success) throw std::bad_alloc();
  char* error = nullptr;
  bool fine = true;
  for (const auto& [name, value] : settings) {
    fine = fine && library.set_config(config, name, value) == duck::success;
  }
  fine = fine && library.open_ext(nullptr, &database_, config, &error) == duck::success;
  library.destroy_config(&config);
  if (!fine) {
    const std::string sentence = error != nullptr ? error : "a setting is refused";
    library.release(error);
    throw WarehouseError("DuckDB does not start: " + sentence);
  }
  if (library.connect(database_, &connection_) != duck::success) {
    library.close(&database_);
    throw WarehouseError("DuckDB gives no connection.");
  }
}

Duckdb::~Duckdb() {
  library_.disconnect(&connection_);
  library_.close(&database_);
}

void Duckdb::run(const std::string& sql) {
  Statement statement(library_);
  statement.check_result(library_.query(connection_, sql.c_str(), &statement.result));
}

void Duckdb::texts(const std::string& sql,
                   FunctionRef<void(const std::vector<std::string>&)> each) {
  Statement statement(library_);
  statement.check_prepared(library_.prepare(connection_, sql.c_str(), &statement.prepared));
  statement.check_result(library_.execute(statement.prepared, &statement.result));
  ChunkRows chunks(library_, statement.result);
  std::int64_t rows = 0;
  std::vector<std::string> texts;
  const auto row = [&](std::span<const Cell> cells) {
    texts.clear();
    for (const Cell& cell : cells) {
      const auto* text = std::get_if<std::string_view>(&cell);
      texts.emplace_back(text != nullptr ? *text : std::string_view());
    }
    each(texts);
    return true;
  };
  while (chunks.next(row, rows)) {
  }
}

std::int64_t Duckdb::rows(const std::string& sql, FunctionRef<bool(std::span<const Cell>)> each) {
  Statement statement(library_);
  statement.check_prepared(library_.prepare(connection_, sql.c_str(), &statement.prepared));
  statement.check_result(library_.execute_streaming(statement.prepared, &statement.result));
  ChunkRows chunks(library_, statement.result);
  std::int64_t rows = 0;
  while (chunks.next(each, rows)) {
  }
  return rows;
}

void Duckdb::check_select(const std::string& sql) {
  Statement statement(library_);
  const duck::Index count = library_.extract(connection_, sql.c_str(), &statement.extracted);
  if (count == 0) {
    const char* error = library_.extract_error(statement.extracted);
    throw DuckdbError(error != nullptr && *error != 0 ? error : "There is no question.");
  }
  if (count > 1) throw DuckdbError("There is more than one statement: ask one SELECT at a time.");
  statement.check_prepared(
      library_.prepare_extracted(connection_, statement.extracted, 0, &statement.prepared));
  if (library_.statement_type(statement.prepared) != duck::select) {
    throw DuckdbError("Only a SELECT is answered.");
  }
}

std::string quoted_text(std::string_view text) { return quoted(text, '\''); }
std::string quoted_name(std::string_view name) { return quoted(name, '"'); }

}  // namespace picsharz::warehouse
