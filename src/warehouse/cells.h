// What a cell may be, and how the text formats write it.
//
// Failures:  WarehouseError.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/table.h"

namespace picsharz::warehouse {

// Throws where there are more or fewer cells than columns, one is of another type, a text is not
// UTF-8 or holds U+0000, or a number is not finite.
void check_row(const std::vector<Column>& columns, std::span<const Cell> cells);

bool is_text(std::string_view bytes);

// Lower-case hexadecimal, and back; from_hex() throws for anything else.
void append_hex(std::string& out, std::string_view bytes);
std::string from_hex(std::string_view hex);

// With as many digits as give the same number again, and always with a point or an exponent.
void append_number(std::string& out, double number);
void append_number(std::string& out, std::int64_t number);
std::int64_t read_integer(std::string_view text);
double read_real(std::string_view text);

// The cell of a column from its text; `kept` holds bytes for as long as the cell is used.
Cell read_cell(Column::Type type, std::string_view text, std::string& kept);

}  // namespace picsharz::warehouse
