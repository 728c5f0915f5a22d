#include "warehouse/table.h"

#include <array>
#include <cstddef>

namespace picsharz::warehouse {
namespace {

constexpr std::array<std::string_view, 3> formats{"parquet", "json", "csv"};
constexpr std::array<std::string_view, 4> types{"integer", "real", "text", "bytes"};

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Format format) { return formats[static_cast<std::size_t>(format)]; }
std::optional<Format> format_of(std::string_view name) { return find<Format>(formats, name); }
std::string_view name_of(Column::Type type) { return types[static_cast<std::size_t>(type)]; }
std::optional<Column::Type> type_of(std::string_view name) {
  return find<Column::Type>(types, name);
}

}  // namespace picsharz::warehouse
