#include "warehouse/table_reader.h"

#include "warehouse/table_folder.h"

namespace picsharz::warehouse {

std::int64_t read_table(const Engine& engine, Format format, const std::string& path,
                        const std::vector<Column>& columns,
                        FunctionRef<void(std::span<const Cell>)> each) {
  return TableFolder(engine, format, path).read(path, columns, each);
}

}  // namespace picsharz::warehouse
