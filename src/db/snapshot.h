// What a snapshot of PostgreSQL sees, and what the log of changes says in it. Plain values.
//
// Order:     of two snapshots, one sees everything that the other one sees.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "db/change.h"

namespace picsharz::db {

// PostgreSQL's pg_snapshot: which transactions are over.
class Snapshot {
 public:
  Snapshot() = default;  // sees nothing
  // "10:20:10,14,15"
  static Snapshot parse(std::string_view text);

  bool sees(std::int64_t transaction) const;
  // Whether it sees whatever `other` sees: it is as new, or newer.
  bool covers(const Snapshot& other) const;

  std::int64_t oldest_running() const { return oldest_running_; }
  std::int64_t next() const { return next_; }
  const std::vector<std::int64_t>& running() const { return running_; }

 private:
  std::int64_t oldest_running_ = 0;    // all before it are over
  std::int64_t next_ = 0;              // it and all after it are not
  std::vector<std::int64_t> running_;  // sorted, between the two
};

struct LogRow {
  std::int64_t transaction = 0;
  Change change;
};

// What one snapshot says.
struct LogReading {
  Snapshot now;
  bool missed = false;       // rows are gone, or too many: anything may have changed
  std::vector<LogRow> rows;  // at least what `now` sees and the older snapshot does not
};

}  // namespace picsharz::db
