// Brings a database to the schema of this binary.
//
// What:      src/db/migrations/NNNN_name.sql, embedded at build time, applied in order, each in one
//            transaction with its row in schema_migrations. A file is run as it is on both engines,
//            but for marked blocks: lines between `-- sqlite` and `-- end` run on SQLite only,
//            between `-- postgres` and `-- end` on PostgreSQL only.
// Failures:  SchemaTooNew where the database has a step that this binary does not know.
// Threads:   call it once, before anything else uses the database; on PostgreSQL an advisory lock
//            keeps two nodes apart.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace picsharz::db {

struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

// The embedded steps, in order (generated at build time).
std::span<const Migration> migrations();

// The part of a step that `engine` runs.
std::string for_engine(std::string_view sql, Engine engine);

struct SchemaState {
  int current = 0;  // 0: empty database
  int latest = 0;   // what this binary brings
};

SchemaState schema_state(Database& database, std::span<const Migration> steps = migrations());

// Applies what is missing and returns the numbers applied.
std::vector<int> migrate(Database& database, std::span<const Migration> steps = migrations());

}  // namespace picsharz::db
