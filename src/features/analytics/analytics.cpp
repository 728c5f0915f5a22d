#include "features/analytics/analytics.h"

#include <array>

namespace picsharz::analytics {

namespace {

template <class E, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, E value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view step_name(Step step) {
  static constexpr std::array<std::string_view, 4> names = {"hour", "day", "week", "month"};
  return name_in(names, step);
}

std::string_view unit_name(Unit unit) {
  static constexpr std::array<std::string_view, 6> names = {"count",   "bytes",   "milliseconds",
                                                            "seconds", "percent", "dollars"};
  return name_in(names, unit);
}

std::string_view shape_name(Shape shape) {
  static constexpr std::array<std::string_view, 3> names = {"line", "bars", "stacked"};
  return name_in(names, shape);
}

std::string_view column_name(ColumnKind kind) {
  static constexpr std::array<std::string_view, 9> names = {
      "count", "bytes", "milliseconds", "percent", "text", "country", "day", "photo", "account"};
  return name_in(names, kind);
}

}  // namespace picsharz::analytics
