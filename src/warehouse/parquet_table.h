// Tables as Parquet, by a process with DuckDB in it.
//
// Failures:  WarehouseError.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "warehouse/process.h"
#include "warehouse/table_writer.h"

namespace picsharz::warehouse {

// Writes tables, or reads them, one after the other. It starts with the first one.
class ParquetProcess {
 public:
  // `within`: the file, or the folder of files, that it may open.
  ParquetProcess(Engine engine, JobKind kind, std::string within);

  // The one before has ended, or was dropped.
  Process& begin(const std::string& path, const std::vector<Column>& columns);
  void end() { busy_ = false; }
  // For the next table another one is started.
  void drop();

 private:
  const Engine engine_;
  const JobKind kind_;
  const std::string within_;
  std::unique_ptr<Process> process_;
  bool busy_ = false;
};

std::unique_ptr<TableWriter> write_parquet(std::shared_ptr<ParquetProcess> process,
                                           const std::string& path,
                                           const std::vector<Column>& columns);
std::int64_t read_parquet(ParquetProcess& process, const std::string& path,
                          const std::vector<Column>& columns,
                          FunctionRef<void(std::span<const Cell>)> each);

}  // namespace picsharz::warehouse
