#include "warehouse/table_writer.h"

#include "warehouse/table_folder.h"

namespace picsharz::warehouse {

std::unique_ptr<TableWriter> write_table(const Engine& engine, Format format,
                                         const std::string& path,
                                         const std::vector<Column>& columns) {
  return TableFolder(engine, format, path).write(path, columns);
}

}  // namespace picsharz::warehouse
