#include "features/queries/answer_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"

namespace picsharz::queries {
namespace {

constexpr std::int64_t exact_max = std::int64_t{1} << 53;

// As few digits as give the same number again.
std::string digits_of(double number) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

bool is_truth(const AnswerColumn& column) { return column.type == "BOOLEAN"; }

void write_integer(JsonWriter& out, const AnswerColumn& column, std::int64_t number) {
  if (is_truth(column)) {
    out.value(number != 0);
  } else if (number > exact_max || number < -exact_max) {
    out.value(std::to_string(number));
  } else {
    out.value(number);
  }
}

void write_value(JsonWriter& out, const AnswerColumn& column, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    write_integer(out, column, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    out.raw(digits_of(*real));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.value(*text);
  } else {
    out.null();
  }
}

void write_columns(JsonWriter& out, const std::vector<AnswerColumn>& columns) {
  out.key("columns").begin_array();
  for (const AnswerColumn& column : columns) {
    out.begin_object().field("name", column.name).field("type", column.type);
    out.field("kind", warehouse::name_of(column.kind)).end_object();
  }
  out.end_array();
}

}  // namespace

std::string shown_text(const AnswerColumn& column, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    if (is_truth(column)) return *integer != 0 ? "true" : "false";
    return std::to_string(*integer);
  }
  if (const auto* real = std::get_if<double>(&value)) return digits_of(*real);
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : std::string();
}

std::string answer_json(std::string_view id, const Answer& answer) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().field("id", id).field("backup", answer.backup);
  write_columns(out, answer.columns);
  out.key("rows").begin_array();
  for (const auto& row : answer.rows) {
    out.begin_array();
    for (std::size_t i = 0; i < row.size(); ++i) write_value(out, answer.columns[i], row[i]);
    out.end_array();
  }
  out.end_array().field("truncated", answer.truncated);
  out.field("milliseconds", answer.time / 1000).end_object();
  return body;
}

std::string schema_json(const AskedBackup& backup, const std::vector<ListedBackup>& backups) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().field("backup", backup.id).time_field("at", backup.at);
  out.key("backups").begin_array();
  for (const ListedBackup& each : backups) out.value(each.id);
  out.end_array().key("archives").begin_array();
  for (const ListedBackup& each : backups) {
    if (each.archive) out.value(each.id);
  }
  out.end_array().key("tables").begin_array();
  for (const AskedTable& table : backup.tables) {
    out.begin_object().field("name", table.name).field("rows", table.rows);
    out.key("columns").begin_array();
    for (const warehouse::Column& column : table.columns) {
      if (std::ranges::find(table.hidden, column.name) != table.hidden.end()) continue;
      out.begin_object().field("name", column.name);
      out.field("type", warehouse::name_of(column.type)).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return body;
}

}  // namespace picsharz::queries
