// Tables as CSV (RFC 4180, lines end with a newline): table.h says how each type is written.
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

std::unique_ptr<TableWriter> write_csv(const std::string& path, const std::vector<Column>& columns);
std::int64_t read_csv(const std::string& path, const std::vector<Column>& columns,
                      FunctionRef<void(std::span<const Cell>)> each);

}  // namespace picsharz::warehouse
