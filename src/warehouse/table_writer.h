// Writes the rows of a table into a file, one after the other, in little memory.
//
// What:      Parquet is made by a process of its own that is sent the rows (docs/adr/0042): the
//            server keeps neither DuckDB nor its memory. JSON and CSV are written here.
// Threads:   one at a time.
// Ownership: the file is the caller's. A writer that is destroyed before finish() leaves what it
//            wrote, which is not a whole table: the caller removes it.
// Failures:  WarehouseError, from any call; the writer is of no more use then.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "warehouse/table.h"

namespace picsharz::warehouse {

struct Written {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;  // of the file
};

class TableWriter {
 public:
  virtual ~TableWriter() = default;
  // As many cells as columns, each of its column's type or NULL.
  virtual void row(std::span<const Cell> cells) = 0;
  // The file is whole and synced. Once, and last.
  virtual Written finish() = 0;
};

// The program's own output: a file, a pipe or a terminal, which is written to where it stands.
inline constexpr std::string_view standard_output = "/dev/stdout";

// `path` is made anew, but for standard_output (CSV and JSON); its folder exists.
std::unique_ptr<TableWriter> write_table(const Engine& engine, Format format,
                                         const std::string& path,
                                         const std::vector<Column>& columns);

}  // namespace picsharz::warehouse
