#include "db/log_snapshot.h"

namespace picsharz::db {

LogQuestion::LogQuestion(const Snapshot& since) : next(since.next()), running("{") {
  for (const std::int64_t transaction : since.running()) {
    if (running.size() > 1) running += ',';
    running += std::to_string(transaction);
  }
  running += '}';
}

bool read_log_row(const Row& row, const Snapshot& since, LogReading& reading) {
  const std::int64_t what = row.integer(0);
  if (what == 0) {
    reading.now = Snapshot::parse(row.text(5));
    // A row of a transaction that `since` did not see may be among those that are gone.
    reading.missed |= row.integer(1) >= since.oldest_running();
  } else if (what == 1) {
    reading.rows.push_back(
        {row.integer(4),
         {static_cast<ChangeKind>(row.integer(1)), row.integer(2), AccountId{row.integer(3)}}});
    reading.missed |= static_cast<int>(reading.rows.size()) > log_rows_max;
  }
  return what <= 1;
}

LogReading read_log(Tx& tx, const Snapshot& since) {
  static constexpr Sql sql("SELECT 1", PICSHARZ_LOG_ROWS("$1", "$2"));
  static_assert(log_rows_max == 5'000);
  const LogQuestion question(since);
  LogReading reading;
  tx.each(
      sql, [&](const Row& row) { read_log_row(row, since, reading); }, question.next,
      question.running);
  return reading;
}

}  // namespace picsharz::db
