// How far PostgreSQL's log of changes goes in one snapshot, and what came since another one: for
// memory that has to be exactly as old as the rest of a transaction (docs/adr, decision 27).
//
// What:      PostgreSQL commits out of the order of seq, but its snapshots have an order
//            (db/snapshot.h). So a row of the log is news where its transaction is seen by the one
//            and not by the other. On SQLite see db/change_log.h.
// Threads:   plain values.
#pragma once

#include <cstdint>
#include <string>

#include "db/database.h"
#include "db/snapshot.h"

namespace picsharz::db {

inline constexpr int log_rows_max = 5'000;

// Rows of six columns: `what` (0: the snapshot, 1: a change), four numbers, a text. The parameters
// are those of LogQuestion, in its order. To be continued by UNION ALL.
#define PICSHARZ_LOG_ROWS(next, running)                                              \
  "SELECT 0 AS what, COALESCE((SELECT max(up_to) FROM changes_pruned), 0) AS a,"      \
  " CAST(0 AS BIGINT) AS b, CAST(0 AS BIGINT) AS c, CAST(0 AS BIGINT) AS d,"          \
  " CAST(pg_current_snapshot() AS TEXT) AS e"                                         \
  " UNION ALL SELECT * FROM (SELECT 1, n.kind, n.id, n.account_id, n.transaction, ''" \
  "  FROM changes n WHERE n.transaction >= " next                                     \
  "  LIMIT 5001) newer"                                                               \
  " UNION ALL SELECT 1, o.kind, o.id, o.account_id, o.transaction, '' FROM changes o" \
  "  WHERE o.transaction = ANY (CAST(" running " AS BIGINT[]))"

// What is asked with PICSHARZ_LOG_ROWS.
struct LogQuestion {
  explicit LogQuestion(const Snapshot& since);
  std::int64_t next;    // news are of this transaction and later ones,
  std::string running;  // or of one of these
};

// True: the row was one of PICSHARZ_LOG_ROWS.
bool read_log_row(const Row& row, const Snapshot& since, LogReading& reading);

LogReading read_log(Tx& tx, const Snapshot& since);

}  // namespace picsharz::db
