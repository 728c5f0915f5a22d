#include "db/migrations.h"

#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "db/programmer_error.h"

namespace picsharz::db {
namespace {

void create_table(Tx& tx) {
  tx.exec(
      "CREATE TABLE IF NOT EXISTS schema_migrations ("
      "number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)");
}

// Two nodes that start at once: the second waits and finds the work done. SQLite has one writer.
void keep_others_out(Tx& tx) {
  if (tx.engine() == Engine::sqlite) return;
  tx.script("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0");
  tx.script("SELECT pg_advisory_xact_lock(7021950213)");
}

bool has_table(Tx& tx) {
  return tx
      .one(Sql("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'schema_migrations'",
               "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('schema_migrations')"),
           [](const Row& row) { return row.truth(0); })
      .value_or(false);
}

int current_number(Tx& tx) {
  return tx
      .one("SELECT COALESCE(MAX(number), 0) FROM schema_migrations",
           [](const Row& row) { return static_cast<int>(row.integer(0)); })
      .value_or(0);
}

int latest_number(std::span<const Migration> steps) {
  return steps.empty() ? 0 : steps.back().number;
}

void refuse_newer(int current, std::span<const Migration> steps) {
  if (current <= latest_number(steps)) return;
  throw SchemaTooNew("the database has schema " + std::to_string(current) +
                     ", this program knows it up to " + std::to_string(latest_number(steps)) +
                     ": start a newer program, or restore a backup of before");
}

// False: another node was faster.
bool apply(Tx& tx, const Migration& step, std::span<const Migration> steps) {
  keep_others_out(tx);
  const int current = current_number(tx);
  refuse_newer(current, steps);
  if (current >= step.number) return false;
  // A step may be of the other engine alone; PostgreSQL refuses an empty statement.
  const std::string script = for_engine(step.sql, tx.engine());
  if (!script.empty()) tx.script(script);
  tx.exec("INSERT INTO schema_migrations (number, name, applied_at) VALUES ($1, $2, $3)",
          step.number, step.name, SystemClock().now());  // for people; nothing depends on it
  return true;
}

std::string_view without_blanks(std::string_view line) {
  const auto end = line.find_last_not_of(" \t\r");
  return line.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

}  // namespace

std::string for_engine(std::string_view sql, Engine engine) {
  std::string mine;
  std::optional<Engine> block;
  while (!sql.empty()) {
    const auto length = std::min(sql.find('\n'), sql.size());
    const auto line = without_blanks(sql.substr(0, length));
    sql.remove_prefix(std::min(length + 1, sql.size()));
    const bool opens = line == "-- sqlite" || line == "-- postgres";
    if (opens || line == "-- end") {
      if (opens == block.has_value()) programmer_error("a migration's blocks do not pair", line);
      block.reset();
      if (opens) block = line == "-- sqlite" ? Engine::sqlite : Engine::postgres;
    } else if (!block || *block == engine) {
      mine.append(line).append("\n");
    }
  }
  if (block) programmer_error("a migration's block has no end");
  return mine;
}

SchemaState schema_state(Database& database, std::span<const Migration> steps) {
  return database.read([&](Tx& tx) {
    return SchemaState{.current = has_table(tx) ? current_number(tx) : 0,
                       .latest = latest_number(steps)};
  });
}

std::vector<int> migrate(Database& database, std::span<const Migration> steps) {
  const int before = schema_state(database, steps).current;
  refuse_newer(before, steps);
  if (before == latest_number(steps)) return {};
  database.write([](Tx& tx) {
    keep_others_out(tx);
    create_table(tx);
  });
  std::vector<int> applied;
  for (const Migration& step : steps) {
    if (step.number <= before) continue;
    const bool mine = database.write([&](Tx& tx) { return apply(tx, step, steps); });
    if (mine) applied.push_back(step.number);
  }
  return applied;
}

}  // namespace picsharz::db
