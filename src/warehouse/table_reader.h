// Reads the rows of a table's file, in the order in which they were written.
//
// Threads:   reads on the caller's thread, in little memory.
// Failures:  WarehouseError where the file cannot be read, has other columns, or is damaged where
//            its format can tell. What `each` throws reaches the caller.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "warehouse/table.h"

namespace picsharz::warehouse {

// Calls `each` with as many cells as `columns`, in their order, and returns the number of rows.
std::int64_t read_table(const Engine& engine, Format format, const std::string& path,
                        const std::vector<Column>& columns,
                        FunctionRef<void(std::span<const Cell>)> each);

}  // namespace picsharz::warehouse
