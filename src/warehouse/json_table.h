// Tables as JSON, an object a line, its members in the order of the columns.
//
// Failures:  WarehouseError.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "warehouse/table_writer.h"

namespace picsharz::warehouse {

std::unique_ptr<TableWriter> write_json(const std::string& path,
                                        const std::vector<Column>& columns);
std::int64_t read_json(const std::string& path, const std::vector<Column>& columns,
                       FunctionRef<void(std::span<const Cell>)> each);

}  // namespace picsharz::warehouse
