// The tables of one folder, one after the other: what a backup keeps of the database.
//
// What:      Parquet is written and read by a process each (docs/adr/0042), which may open the
//            files of this folder and no others. It comes with the first table and stays for the
//            next: a database has a hundred, and beginning anew took longer than what most hold.
// Threads:   one at a time, and the one that uses it first must not end before it does
//            (process.h).
// Ownership: a writer is finished or gone before the next one begins; it may outlive this.
// Failures:  WarehouseError. A process that failed is not used again.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "warehouse/table.h"
#include "warehouse/table_writer.h"

namespace picsharz::warehouse {

class ParquetProcess;

class TableFolder {
 public:
  // `folder` may be a single file, too.
  TableFolder(const Engine& engine, Format format, const std::string& folder);

  // `path` is in the folder, and made anew.
  std::unique_ptr<TableWriter> write(const std::string& path, const std::vector<Column>& columns);
  // As read_table() of table_reader.h.
  std::int64_t read(const std::string& path, const std::vector<Column>& columns,
                    FunctionRef<void(std::span<const Cell>)> each);

 private:
  const Format format_;
  const std::shared_ptr<ParquetProcess> writing_;
  const std::shared_ptr<ParquetProcess> reading_;
};

}  // namespace picsharz::warehouse
