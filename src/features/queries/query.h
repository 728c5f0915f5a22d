// A question in SQL over a backup, what comes of it, and questions that are kept.
//
// Threads:   plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "warehouse/table.h"

namespace picsharz::queries {

using QueryId = Id<struct QueryTag>;

// Of a backup, what can be asked.
struct AskedTable {
  std::string name;
  std::string file;  // below the backup's folder
  warehouse::Format format = warehouse::Format::parquet;
  std::vector<warehouse::Column> columns;  // all of the file's
  std::vector<std::string> hidden;         // those of them that nobody is shown
  std::int64_t rows = 0;
};

struct AskedBackup {
  std::string id;
  Micros at = 0;         // the rows are those of this moment
  bool archive = false;  // figures alone: most questions find no answer in it
  bool sealed = false;   // encrypted: it cannot be asked
  std::vector<AskedTable> tables;
};

// One of those that can be named.
struct ListedBackup {
  std::string id;
  bool archive = false;
  bool readable = false;  // neither sealed nor damaged: whoever asks it is answered
  bool proved = false;
};

struct Asking {
  std::string id;  // made up by who asks, to cancel it by; unique among those that run
  std::string sql;
  std::string backup;  // empty: the one that QueryService chooses
};

using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

struct AnswerColumn {
  std::string name;
  std::string type;  // DuckDB's: "BIGINT", "TIMESTAMP"
  warehouse::Column::Type kind = warehouse::Column::Type::text;
};

struct Answer {
  std::string backup;
  std::vector<AnswerColumn> columns;
  std::vector<std::vector<Value>> rows;  // bytes are hexadecimal
  bool truncated = false;                // there are more
  Micros time = 0;
};

// How an answer is best shown. In the database by its name.
enum class Chart { table, line, bars };

struct SavedQuery {
  QueryId id{};      // none: shipped
  std::string name;  // of a shipped one its key: "sign-ups-by-month"
  std::string sql;
  Chart chart = Chart::table;
  Micros created_at = 0;
  Micros changed_at = 0;
};

std::string_view name_of(Chart chart);

}  // namespace picsharz::queries
