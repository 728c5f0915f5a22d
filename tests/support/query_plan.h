// How SQLite would run a statement, for tests that must not scan a table.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

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

}  // namespace picsharz::test
