#include "warehouse/table_folder.h"

#include "warehouse/csv_table.h"
#include "warehouse/json_table.h"
#include "warehouse/parquet_table.h"

namespace picsharz::warehouse {

TableFolder::TableFolder(const Engine& engine, Format format, const std::string& folder)
    : format_(format),
      writing_(std::make_shared<ParquetProcess>(engine, JobKind::write, folder)),
      reading_(std::make_shared<ParquetProcess>(engine, JobKind::read, folder)) {}

std::unique_ptr<TableWriter> TableFolder::write(const std::string& path,
                                                const std::vector<Column>& columns) {
  if (columns.empty()) throw WarehouseError("a table has no columns");
  if (format_ == Format::csv) return write_csv(path, columns);
  if (format_ == Format::json) return write_json(path, columns);
  return write_parquet(writing_, path, columns);
}

std::int64_t TableFolder::read(const std::string& path, const std::vector<Column>& columns,
                               FunctionRef<void(std::span<const Cell>)> each) {
  if (columns.empty()) throw WarehouseError("a table has no columns");
  if (format_ == Format::csv) return read_csv(path, columns, each);
  if (format_ == Format::json) return read_json(path, columns, each);
  return read_parquet(*reading_, path, columns, each);
}

}  // namespace picsharz::warehouse
