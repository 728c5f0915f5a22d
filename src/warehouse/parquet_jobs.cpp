// Parquet in the process that has DuckDB: rows from the socket into a file, and back.
#include <cstring>
#include <iterator>
#include <memory>
#include <utility>

#include "warehouse/enclosure.h"
#include "warehouse/jobs.h"

namespace picsharz::warehouse {
namespace {

constexpr std::int64_t memory = std::int64_t{512} << 20;
constexpr std::int64_t memory_beside = std::int64_t{256} << 20;  // not counted by DuckDB
constexpr std::size_t rows_frame = 256 * 1024;

int duck_type(Column::Type type) {
  switch (type) {
    case Column::Type::integer:
      return duck::type_bigint;
    case Column::Type::real:
      return duck::type_double;
    case Column::Type::text:
      return duck::type_varchar;
    case Column::Type::bytes:
      break;
  }
  return duck::type_blob;
}

std::string_view type_name(Column::Type type) {
  switch (type) {
    case Column::Type::integer:
      return "BIGINT";
    case Column::Type::real:
      return "DOUBLE";
    case Column::Type::text:
      return "VARCHAR";
    case Column::Type::bytes:
      break;
  }
  return "BLOB";
}

// The table function that DuckDB reads the rows from: it asks the socket for them.
class SocketRows {
 public:
  SocketRows(int socket, const DuckdbLibrary& library) : socket_(socket), library_(library) {}

  void register_with(Duckdb& database) {
    duck::TableFunction function = library_.make_function();
    library_.name_function(function, "socket_rows");
    library_.function_bind(function, [](duck::Info info) { rows_of_process->bind(info); });
    library_.function_start(
        function, [](duck::Info info) { rows_of_process->library_.start_threads(info, 1); });
    library_.function_run(
        function, [](duck::Info info, duck::Chunk chunk) { rows_of_process->run(info, chunk); });
    rows_of_process = this;
    const int state = library_.register_function(database.connection(), function);
    library_.destroy_function(&function);
    if (state != duck::success) throw WarehouseError("DuckDB takes no table function");
  }

  // For the next table.
  void begin(std::vector<Column> columns) {
    columns_ = std::move(columns);
    left_ = Unpacker({});
    ended_ = false;
    rows_ = 0;
  }
  std::int64_t rows() const { return rows_; }

 private:
  void bind(duck::Info info) {
    for (const Column& column : columns_) {
      duck::LogicalType type = library_.make_type(duck_type(column.type));
      library_.bind_column(info, column.name.c_str(), type);
      library_.destroy_type(&type);
    }
  }

  // No exception may pass through the library.
  void run(duck::Info info, duck::Chunk chunk) {
    try {
      fill(chunk);
    } catch (const std::exception& failure) {
      library_.set_chunk_size(chunk, 0);
      library_.run_error(info, failure.what());
    }
  }

  void fill(duck::Chunk chunk) {
    std::vector<duck::Vector> vectors;
    vectors.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      vectors.push_back(library_.chunk_vector(chunk, i));
    }
    const duck::Index most = library_.vector_size();
    duck::Index row = 0;
    for (; row < most && more(); ++row) {
      for (const duck::Vector vector : vectors) put(vector, row, left_.cell());
    }
    rows_ += static_cast<std::int64_t>(row);
    library_.set_chunk_size(chunk, row);
  }

  bool more() {
    while (left_.empty() && !ended_) {
      auto next = receive_frame(socket_);
      if (!next) throw WarehouseError("who writes the table is gone");
      frame_ = *std::move(next);
      ended_ = frame_.kind == FrameKind::done;
      if (!ended_ && frame_.kind != FrameKind::rows) throw WarehouseError("rows were expected");
      left_ = Unpacker(frame_.payload);
    }
    return !ended_;
  }

  void put(duck::Vector vector, duck::Index row, const Cell& cell) {
    if (const auto* text = std::get_if<std::string_view>(&cell)) {
      return library_.assign_text(vector, row, text->data(), text->size());
    }
    if (const auto* bytes = std::get_if<Bytes>(&cell)) {
      return library_.assign_text(vector, row, bytes->view.data(), bytes->view.size());
    }
    void* data = library_.vector_data(vector);
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
      static_cast<std::int64_t*>(data)[row] = *integer;
    } else if (const auto* real = std::get_if<double>(&cell)) {
      static_cast<double*>(data)[row] = *real;
    } else {
      library_.make_validity(vector);
      library_.vector_validity(vector)[row / 64] &= ~(std::uint64_t{1} << (row % 64));
    }
  }

  static inline SocketRows* rows_of_process = nullptr;

  const int socket_;
  const DuckdbLibrary& library_;
  std::vector<Column> columns_;
  Frame frame_;
  Unpacker left_{{}};
  bool ended_ = false;
  std::int64_t rows_ = 0;
};

// The columns of the file as DuckDB sees them must be those that were written.
void check_columns(Duckdb& database, const std::string& source,
                   const std::vector<Column>& columns) {
  std::vector<std::string> found;
  database.texts(
      "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + source + ")",
      [&](const std::vector<std::string>& row) { found.push_back(row[0] + " " + row[1]); });
  std::vector<std::string> wanted;
  wanted.reserve(columns.size());
  for (const Column& column : columns) {
    wanted.push_back(column.name + " " + std::string(type_name(column.type)));
  }
  if (found != wanted) throw WarehouseError("a Parquet file has other columns than it should");
}

void each_table(int socket, FunctionRef<void(const std::string&, std::vector<Column>)> work) {
  while (const auto frame = receive_frame(socket)) {
    if (frame->kind != FrameKind::table) throw WarehouseError("a table was expected");
    Unpacker table(frame->payload);
    const std::string path(table.text());
    work(path, unpack_columns(table));
  }
}

void write_one(int socket, Duckdb& database, SocketRows& rows, const std::string& path) {
  database.run("COPY (SELECT * FROM socket_rows()) TO " + quoted_text(path) +
               " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880,"
               " ROW_GROUP_SIZE_BYTES '16MB', USE_TMP_FILE false)");
  Packer done;
  done.number(rows.rows());
  send_frame(socket, FrameKind::done, done.bytes());
}

void read_one(int socket, Duckdb& database, const std::string& path,
              const std::vector<Column>& columns) {
  const std::string source = "read_parquet(" + quoted_text(path) + ")";
  check_columns(database, source, columns);
  RowSender sender(socket);
  database.rows("SELECT * FROM " + source,
                [&](std::span<const Cell> cells) { return sender.row(cells); });
  if (sender.flush()) send_frame(socket, FrameKind::done, "");
}

}  // namespace

std::int64_t size_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) return std::ssize(*text);
  if (const auto* bytes = std::get_if<Bytes>(&cell)) return std::ssize(bytes->view);
  return std::int64_t{sizeof(std::int64_t)};
}

// Before anything is packed: a copy of what is too large would be as large.
bool RowSender::row(std::span<const Cell> cells) {
  std::int64_t size = 0;
  for (const Cell& cell : cells) size += size_of(cell);
  if (size > most_) {
    throw TooLarge("A row of the answer has more than " + std::to_string(most_ >> 20) +
                   " MiB. Ask for less of it: fewer columns, or substr().");
  }
  for (const Cell& cell : cells) waiting_.cell(cell);
  return waiting_.bytes().size() < rows_frame || flush();
}

bool RowSender::flush() {
  if (!begun()) {
    if (!send_frame(socket_, FrameKind::columns, head_)) return false;
    head_.clear();
  }
  if (waiting_.bytes().empty()) return true;
  const bool taken = send_frame(socket_, FrameKind::rows, waiting_.bytes());
  waiting_.bytes().clear();
  return taken;
}

void pack_columns(Packer& job, const std::vector<Column>& columns) {
  job.number(static_cast<std::int64_t>(columns.size()));
  for (const Column& column : columns) {
    job.text(column.name);
    job.number(static_cast<std::int64_t>(column.type));
  }
}

std::vector<Column> unpack_columns(Unpacker& job) {
  std::vector<Column> columns(static_cast<std::size_t>(job.number()));
  for (Column& column : columns) {
    column.name = job.text();
    column.type = static_cast<Column::Type>(job.number());
  }
  return columns;
}

void write_parquet_job(int socket, const std::string& library, Unpacker& job) {
  const std::string within(job.text());
  const DuckdbLibrary& duckdb = DuckdbLibrary::load(library);
  limit_memory(memory + memory_beside);
  enclose({.read = {}, .write = {within}});
  Duckdb database(duckdb, memory);
  SocketRows rows(socket, duckdb);
  rows.register_with(database);
  // One thread keeps the order by itself; asked to keep it, DuckDB knows no bound in bytes for what
  // it holds before it writes.
  database.run("SET preserve_insertion_order = false");
  each_table(socket, [&](const std::string& path, std::vector<Column> columns) {
    rows.begin(std::move(columns));
    write_one(socket, database, rows, path);
  });
}

void read_parquet_job(int socket, const std::string& library, Unpacker& job) {
  const std::string within(job.text());
  const DuckdbLibrary& duckdb = DuckdbLibrary::load(library);
  limit_memory(memory + memory_beside);
  enclose({.read = {within}, .write = {}});
  Duckdb database(duckdb, memory);
  each_table(socket, [&](const std::string& path, const std::vector<Column>& columns) {
    read_one(socket, database, path, columns);
  });
}

}  // namespace picsharz::warehouse
