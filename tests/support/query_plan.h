// How an engine would run a statement, for tests that must not scan a table.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace picsharz::test {

// One line a step.
inline std::vector<std::string> sqlite_plan(const std::string& path, std::string_view statement) {
  sqlite3* connection = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* plan = nullptr;
  const std::string sql = "EXPLAIN QUERY PLAN " + std::string(statement);
  EXPECT_EQ(sqlite3_prepare_v2(connection, sql.c_str(), -1, &plan, nullptr), SQLITE_OK)
      << sqlite3_errmsg(connection);
  std::vector<std::string> steps;
  while (sqlite3_step(plan) == SQLITE_ROW) {
    steps.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(plan, 3)));
  }
  sqlite3_finalize(plan);
  sqlite3_close(connection);
  return steps;
}

// The same of PostgreSQL, by the statistics of the rows that are there: ANALYZE first. `values` are
// put in the place of $1, $2...
inline std::vector<std::string> postgres_plan(db::Database& database, std::string statement,
                                              const std::vector<std::string>& values) {
  for (std::size_t i = values.size(); i > 0; --i) {
    const std::string parameter = "$" + std::to_string(i);
    for (auto at = statement.find(parameter); at != std::string::npos;) {
      statement.replace(at, parameter.size(), values[i - 1]);
      at = statement.find(parameter, at + values[i - 1].size());
    }
  }
  return database.write([&](db::Tx& tx) {
    tx.script(
        "CREATE FUNCTION pg_temp.plan() RETURNS SETOF TEXT LANGUAGE plpgsql AS $plan$"
        " BEGIN RETURN QUERY EXPLAIN " +
        statement + "; END $plan$");
    return tx.all("SELECT pg_temp.plan()", [](const db::Row& row) { return row.string(0); });
  });
}

}  // namespace picsharz::test
