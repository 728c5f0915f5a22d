#include "app/query_parts.h"

#include <filesystem>

#include "app/backup_parts.h"
#include "warehouse/query.h"

namespace picsharz::app {

namespace fs = std::filesystem;

queries::QueryOptions query_options(const Config& config) {
  const fs::path data = config.text("data.dir");
  return {.engine = warehouse_engine(config),
          .backups = backup_directory(config),
          .scratch = (data / "answers").string(),
          .time = config.duration("queries.time"),
          .memory = config.bytes("queries.memory")};
}

QueryState query_state(const Config& config) {
  const queries::QueryOptions options = query_options(config);
  if (!fs::exists(options.engine.library)) {
    return {false,
            "DuckDB is not there: backups are JSON and no question is answered. Run "
            "tools/fetch_duckdb.py " +
                fs::path(options.engine.library).parent_path().string()};
  }
  try {
    const auto ignore_columns = [](std::span<const warehouse::QueryColumn>) {};
    const auto ignore_row = [](std::span<const warehouse::Cell>) {};
    const warehouse::Cancellation never;
    const auto answered = warehouse::ask(
        options.engine, {.folder = "/", .tables = {}, .sql = "select 1", .limits = {}}, never,
        {ignore_columns, ignore_row});
    if (answered) return {true, "DuckDB answers, without files, network or other programs"};
    return {false, "DuckDB does not answer. " + answered.error().message};
  } catch (const warehouse::WarehouseError& failure) {
    return {false, std::string(failure.what())};
  }
}

}  // namespace picsharz::app
