#include "features/queries/query_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <utility>

#include "base/json_tree.h"

namespace picsharz::queries {
namespace {

constexpr std::size_t name_max = 64;
constexpr std::array<std::string_view, 3> chart_names{"table", "line", "bars"};

// Beside every column whose name ends with _hash. A new column is here or in
// hidden_columns_test.cpp.
constexpr std::pair<std::string_view, std::string_view> hidden[] = {
    {"bounces", "subject"},
    {"exports", "key"},
    {"idempotency_keys", "body"},
    {"idempotency_keys", "fingerprint"},
    {"idempotency_keys", "headers"},
    {"idempotency_keys", "key"},
    {"imports", "key"},
    {"jobs", "last_error"},
    {"jobs", "payload"},
    {"known_logins", "mark"},
    {"mails", "html"},
    {"mails", "pictures"},
    {"mails", "subject"},
    {"mails", "text"},
    {"mails", "unsubscribe"},
    {"photo_details", "latitude"},
    {"photo_details", "longitude"},
    {"photo_details", "place"},
    {"secrets", "value"},
    {"sessions", "address"},
    {"totp", "last_step"},
    {"totp", "secret"},
    {"uploads", "fingerprint"},
    {"uploads", "idempotency_key"},
    {"uploads", "metadata"},
};

// "tables/photos.parquet", and nothing that leads elsewhere.
bool is_inside(const std::string& file) {
  const std::filesystem::path path(file);
  if (path.empty() || path.is_absolute()) return false;
  return std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
}

std::optional<AskedTable> read_table(const JsonTree& tree) {
  AskedTable table;
  table.name = tree["name"].text();
  table.file = tree["file"].text();
  table.rows = tree["rows"].number().value_or(0);
  const auto format = warehouse::format_of(tree["format"].text());
  if (!format || table.name.empty() || !is_inside(table.file)) return std::nullopt;
  table.format = *format;
  for (const JsonTree& column : tree["columns"].items()) {
    const auto type = warehouse::type_of(column["type"].text());
    if (!type) return std::nullopt;
    table.columns.push_back({column["name"].text(), *type});
    const std::string& name = table.columns.back().name;
    if (is_hidden(table.name, name)) table.hidden.push_back(name);
  }
  return table;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

bool is_backup_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !name.empty() && name.size() <= name_max && std::ranges::all_of(name, plain);
}

std::optional<AskedBackup> read_backup(std::string_view manifest) {
  const auto tree = JsonTree::parse(manifest);
  if (!tree || tree->members().empty()) return std::nullopt;
  AskedBackup backup;
  backup.id = (*tree)["id"].text();
  backup.at = (*tree)["snapshot"].number().value_or(0);
  backup.archive = (*tree)["kind"].text() == "archive";
  backup.sealed = (*tree)["sealed"].truth().value_or(false);
  for (const JsonTree& each : (*tree)["tables"].items()) {
    auto table = read_table(each);
    if (!table) return std::nullopt;
    // A table of secrets only is no table here.
    if (table->hidden.size() < table->columns.size()) backup.tables.push_back(*std::move(table));
  }
  return backup;
}

bool is_good_proof(std::string_view proof) {
  const auto tree = JsonTree::parse(proof);
  return tree && (*tree)["good"].truth().value_or(false);
}

bool is_hidden(std::string_view table, std::string_view column) {
  return column.ends_with("_hash") ||
         std::ranges::find(hidden, std::pair(table, column)) != std::end(hidden);
}

std::string_view name_of(Chart chart) { return chart_names[static_cast<std::size_t>(chart)]; }

std::optional<Chart> chart_of(std::string_view name) {
  const auto found = std::ranges::find(chart_names, name);
  if (found == chart_names.end()) return std::nullopt;
  return static_cast<Chart>(found - chart_names.begin());
}

std::string plain_for_spreadsheet(std::string_view text) {
  constexpr std::string_view formulas = "=+-@\t\r";
  constexpr std::string_view digits = "0123456789";
  const bool number = text.size() > 1 && text.front() == '-' &&
                      text.find_first_not_of(digits, 1) == std::string_view::npos;
  const bool formula = !text.empty() && formulas.find(text.front()) != std::string_view::npos;
  return (formula && !number ? "'" : "") + std::string(text);
}

bool names_table(std::string_view sql, std::string_view table) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  // U&"..." may spell any name without a letter of it.
  constexpr std::string_view spelt = "u&\"";
  if (!std::ranges::search(sql, spelt, same).empty()) return true;
  for (std::string_view rest = sql;;) {
    const auto found = std::ranges::search(rest, table, same);
    if (found.empty()) return false;
    const bool begins = found.begin() == sql.begin() || !is_word(*(found.begin() - 1));
    const bool ends = found.end() == sql.end() || !is_word(*found.end());
    if (begins && ends) return true;
    rest = {found.begin() + 1, rest.end()};
  }
}

}  // namespace picsharz::queries
