// picsharz query: a question in SQL over a backup, never over the running site.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "app/cli.h"
#include "app/query_parts.h"
#include "base/limits.h"
#include "features/queries/answer_rules.h"
#include "features/queries/query_service.h"
#include "warehouse/table_writer.h"

namespace picsharz::app {

namespace {

constexpr Micros time_limit = 10 * minute;
constexpr std::int64_t table_rows = 1'000;  // of a table for people
constexpr std::int64_t no_query_bound = std::numeric_limits<std::int64_t>::max() - 1;
constexpr std::int64_t printed_bytes = 32 * limits::MiB;  // in memory before they are printed

// The backup's folder: --backup names one, or one of the configured folder's, or nothing does.
Result<queries::AskedBackup> find_backup(const Invocation& invocation, std::string& folder) {
  const queries::QueryOptions options = query_options(invocation.config);
  const std::string named = invocation.get("--backup");
  if (named.find('/') != std::string::npos) {
    folder = named;
    return queries::open_backup(folder);
  }
  auto found = queries::QueryService(options).backup(named);
  if (found) folder = options.backups + "/" + found->id;
  return found;
}

int complain_of(const Error& error) {
  return complain(error.action.empty() ? error.message : error.message + " " + error.action);
}

// The width of a text on a terminal, nearly: characters, not bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Columns below one another; nothing that a member wrote reaches the terminal as a command to it.
std::string shown(const queries::AnswerColumn& column, const queries::Value& value) {
  std::string text = queries::shown_text(column, value);
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return text;
}

void print_line(const std::vector<std::string>& texts, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    line += texts[i];
    if (i + 1 < texts.size()) line.append(widths[i] - width_of(texts[i]) + 2, ' ');
  }
  std::printf("%s\n", line.c_str());
}

void print_table(const queries::Answer& answer) {
  std::vector<std::vector<std::string>> lines(1);
  for (const auto& column : answer.columns) lines[0].push_back(column.name);
  for (const auto& row : answer.rows) {
    auto& line = lines.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(shown(answer.columns[i], row[i]));
    }
  }
  std::vector<std::size_t> widths(answer.columns.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i]));
  }
  for (const auto& line : lines) print_line(line, widths);
  std::fprintf(stderr, "%zu rows%s, %lld ms\n", answer.rows.size(),
               answer.truncated ? ", and there are more (--format csv has all)" : "",
               static_cast<long long>(answer.time / 1000));
}

// A question under way, with an end for what comes of it.
std::expected<warehouse::Answered, warehouse::QueryFailure> ask(
    const Invocation& invocation, const std::string& folder, const queries::AskedBackup& backup,
    std::int64_t rows, std::int64_t bytes, const warehouse::AnswerSink& sink) {
  const queries::QueryOptions options = query_options(invocation.config);
  const warehouse::Cancellation never;
  return warehouse::ask(
      options.engine,
      {.folder = std::filesystem::absolute(folder).lexically_normal().string(),
       .tables = queries::tables_of(backup),
       .sql = invocation.arguments.at(0),
       .limits = {.time = time_limit, .memory = options.memory, .rows = rows, .bytes = bytes}},
      never, sink);
}

int complain_of(const warehouse::QueryFailure& failure) {
  if (!failure.message.empty()) return complain(failure.message);
  return complain(failure.end == warehouse::QueryEnd::too_slow
                      ? "The answer took longer than ten minutes. Ask for less."
                      : "The answer took too much memory. Raise queries.memory, or ask for less.");
}

int to_terminal(const Invocation& invocation, const std::string& folder,
                const queries::AskedBackup& backup, bool json) {
  queries::Answer answer{.backup = backup.id, .columns = {}, .rows = {}};
  const auto columns = [&](std::span<const warehouse::QueryColumn> all) {
    for (const auto& each : all) answer.columns.push_back({each.name, each.type, each.kind});
  };
  const auto row = [&](std::span<const warehouse::Cell> cells) {
    auto& kept = answer.rows.emplace_back();
    for (const auto& cell : cells) kept.push_back(queries::value_of(cell));
  };
  const auto answered = ask(invocation, folder, backup, json ? no_query_bound : table_rows,
                            printed_bytes, {columns, row});
  if (!answered) return complain_of(answered.error());
  answer.truncated = answered->truncated;
  answer.time = answered->time;
  if (json) {
    std::printf("%s\n", queries::answer_json("", answer).c_str());
  } else {
    print_table(answer);
  }
  return done;
}

int to_file(const Invocation& invocation, const std::string& folder,
            const queries::AskedBackup& backup, warehouse::Format format) {
  const std::string named = invocation.get("--output");
  if (named.empty() && format == warehouse::Format::parquet) {
    return complain("Parquet goes into a file: name it with --output.");
  }
  const std::string path = named.empty() ? std::string(warehouse::standard_output) : named;
  const warehouse::Engine engine = query_options(invocation.config).engine;
  queries::AnswerWriter writer(engine, format, path);
  const auto columns = [&](std::span<const warehouse::QueryColumn> all) { writer.begin(all); };
  const auto row = [&](std::span<const warehouse::Cell> cells) { writer.row(cells); };
  const auto answered =
      ask(invocation, folder, backup, no_query_bound, no_query_bound, {columns, row});
  if (!answered) return complain_of(answered.error());
  const auto written = writer.finish();
  std::fprintf(stderr, "%lld rows, %lld ms\n", static_cast<long long>(written.rows),
               static_cast<long long>(answered->time / 1000));
  return done;
}

}  // namespace

int run_query(const Invocation& invocation) {
  const std::string format = invocation.has("--json")     ? "answer"
                             : invocation.has("--format") ? invocation.get("--format")
                                                          : "table";
  const auto file_format = warehouse::format_of(format);
  if (!file_format && format != "table" && format != "answer") {
    return complain("--format takes table, csv, json or parquet.");
  }
  std::string folder;
  const auto backup = find_backup(invocation, folder);
  if (!backup) return complain_of(backup.error());
  try {
    if (file_format) return to_file(invocation, folder, *backup, *file_format);
    return to_terminal(invocation, folder, *backup, format == "answer");
  } catch (const warehouse::WarehouseError& failure) {
    return complain(failure.what());
  }
}

}  // namespace picsharz::app
