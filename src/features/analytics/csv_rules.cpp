#include "features/analytics/csv_rules.h"

#include <charconv>
#include <cmath>

#include "features/analytics/range_rules.h"

namespace picsharz::analytics {

namespace {

constexpr std::string_view line_end = "\r\n";

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) return;
  char digits[64];
  const auto [end, failure] = std::to_chars(
      digits, digits + sizeof digits, std::round(number * 1e4) / 1e4, std::chars_format::fixed);
  out.append(digits, end);
}

void append_value(std::string& out, const Value& value) {
  out += ',';
  if (value) append_number(out, *value);
}

// What programs of tables calculate, some of them after dropping white space.
bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r\n").contains(text.front());
}

struct CellWriter {
  std::string& out;
  ColumnKind kind;

  void operator()(std::monostate) const {
    if (kind == ColumnKind::photo || kind == ColumnKind::account) out += ',';
  }
  void operator()(std::int64_t number) const {
    out += kind == ColumnKind::day ? date_text(number) : std::to_string(number);
  }
  void operator()(double number) const { append_number(out, number); }
  void operator()(const std::string& text) const { append_csv_text(out, text); }
  void operator()(const photos::PhotoView& view) const {
    out += view.photo.id.str() + ",";
    append_csv_text(out, view.photo.title);
  }
  void operator()(const AccountCell& account) const {
    append_csv_text(out, account.handle);
    out += ',';
    append_csv_text(out, account.name);
  }
};

void append_header(std::string& out, const Column& column) {
  out += column.id;
  if (column.kind == ColumnKind::photo) out += "," + column.id + "_title";
  if (column.kind == ColumnKind::account) out += "," + column.id + "_name";
}

}  // namespace

void append_csv_text(std::string& out, std::string_view text) {
  std::string safe = is_formula(text) ? "'" + std::string(text) : std::string(text);
  if (safe.find_first_of(",\"\r\n") == std::string::npos) {
    out += safe;
    return;
  }
  out += '"';
  for (const char c : safe) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string chart_csv(const Chart& chart) {
  std::string out = "time";
  for (const Series& each : chart.series) {
    out += ",";
    append_csv_text(out, each.id);
    if (each.before.empty()) continue;
    out += ",";
    append_csv_text(out, each.id + "_before");
  }
  out += line_end;
  for (std::size_t i = 0; i < chart.times.size(); ++i) {
    out += format_time(chart.times[i]);
    for (const Series& each : chart.series) {
      append_value(out, each.values[i]);
      if (!each.before.empty()) append_value(out, each.before[i]);
    }
    out += line_end;
  }
  return out;
}

std::string table_csv(const Table& table) {
  std::string out;
  for (const Column& column : table.columns) {
    if (&column != &table.columns.front()) out += ',';
    append_header(out, column);
  }
  out += line_end;
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      std::visit(CellWriter{out, table.columns[i].kind}, row[i]);
    }
    out += line_end;
  }
  return out;
}

std::optional<std::string> csv_of(const Dashboard& dashboard, std::string_view id) {
  for (const Chart& chart : dashboard.charts) {
    if (chart.id == id) return chart_csv(chart);
  }
  for (const Table& table : dashboard.tables) {
    if (table.id == id) return table_csv(table);
  }
  return std::nullopt;
}

}  // namespace picsharz::analytics
