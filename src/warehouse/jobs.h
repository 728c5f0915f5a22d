// What a warehouse process does: one of these, with the job that its parent sent.
//
// Threads:   the process' only one, but for those of DuckDB.
// Failures:  DuckdbError where the statement is wrong, WarehouseError, std::bad_alloc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "warehouse/duckdb_library.h"
#include "warehouse/wire.h"

namespace picsharz::warehouse {

// Tables, one after the other, until the parent is gone. Rows come over the socket and go into a
// Parquet file;
void write_parquet_job(int socket, const std::string& library, Unpacker& job);
// rows of a Parquet file go over the socket.
void read_parquet_job(int socket, const std::string& library, Unpacker& job);
void query_job(int socket, const std::string& library, Unpacker& job);

// A row that is larger than it may be.
class TooLarge : public WarehouseError {
 public:
  using WarehouseError::WarehouseError;
};

std::int64_t size_of(const Cell& cell);

// Sends rows, many in a frame.
class RowSender {
 public:
  // `most`: bytes of the cells of a row. `head`: of a frame of columns, which goes before the first
  // rows, or alone where there are none; empty: there is none.
  explicit RowSender(int socket, std::int64_t most = frame_max, std::string head = {})
      : socket_(socket), most_(most), head_(std::move(head)) {}
  // False where nobody takes them any more. TooLarge.
  bool row(std::span<const Cell> cells);
  bool flush();
  // The head is sent.
  bool begun() const { return head_.empty(); }

 private:
  const int socket_;
  const std::int64_t most_;
  std::string head_;
  Packer waiting_;
};

std::vector<Column> unpack_columns(Unpacker& job);
void pack_columns(Packer& job, const std::vector<Column>& columns);

}  // namespace picsharz::warehouse
