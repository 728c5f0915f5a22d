#include "warehouse/cells.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace picsharz::warehouse {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

int hex_value(char digit) {
  const std::size_t value = hex_digits.find(digit);
  if (value == std::string_view::npos) throw WarehouseError("a cell of bytes is not hexadecimal");
  return static_cast<int>(value);
}

// The length of the well-formed character at the front (RFC 3629), 0 where there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool no_character = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || no_character ? 0 : length;
}

template <class Number>
Number read_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) {
    throw WarehouseError("a cell is no number: " + std::string(text.substr(0, 40)));
  }
  return number;
}

void check_cell(const Column& column, const Cell& cell) {
  // The alternatives stand in the order of the types, behind NULL.
  const bool fits = cell.index() == 0 || cell.index() == static_cast<std::size_t>(column.type) + 1;
  if (!fits) {
    throw WarehouseError("the column " + column.name + " is of type " +
                         std::string(name_of(column.type)) + ", and a cell of it is not");
  }
  if (const auto* real = std::get_if<double>(&cell); real != nullptr && !std::isfinite(*real)) {
    throw WarehouseError("the column " + column.name + " has a number that is not finite");
  }
  if (const auto* text = std::get_if<std::string_view>(&cell); text != nullptr && !is_text(*text)) {
    throw WarehouseError("the column " + column.name + " has a text that is not UTF-8");
  }
}

}  // namespace

void check_row(const std::vector<Column>& columns, std::span<const Cell> cells) {
  if (cells.size() != columns.size()) {
    throw WarehouseError("a row has " + std::to_string(cells.size()) + " cells and not " +
                         std::to_string(columns.size()));
  }
  for (std::size_t i = 0; i < cells.size(); ++i) check_cell(columns[i], cells[i]);
}

bool is_text(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

void append_hex(std::string& out, std::string_view bytes) {
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    out += hex_digits[value >> 4];
    out += hex_digits[value & 15];
  }
}

std::string from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) throw WarehouseError("a cell of bytes is not hexadecimal");
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(hex_value(hex[i]) << 4 | hex_value(hex[i + 1]));
  }
  return bytes;
}

void append_number(std::string& out, double number) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  const std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
  out += digits;
  // "-0" would be read as the whole number 0.
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append_number(std::string& out, std::int64_t number) { out += std::to_string(number); }

std::int64_t read_integer(std::string_view text) { return read_number<std::int64_t>(text); }

double read_real(std::string_view text) {
  const double number = read_number<double>(text);
  if (!std::isfinite(number)) throw WarehouseError("a number is not finite");
  return number;
}

Cell read_cell(Column::Type type, std::string_view text, std::string& kept) {
  switch (type) {
    case Column::Type::integer:
      return read_integer(text);
    case Column::Type::real:
      return read_real(text);
    case Column::Type::bytes:
      kept = from_hex(text);
      return Bytes{kept};
    case Column::Type::text:
      break;
  }
  if (!is_text(text)) throw WarehouseError("a text is not UTF-8");
  return text;
}

}  // namespace picsharz::warehouse
