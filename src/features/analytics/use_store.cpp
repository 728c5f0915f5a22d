#include "features/analytics/use_store.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/clock.h"
#include "features/analytics/most.h"

namespace picsharz::analytics {

namespace {

using usage::SearchedWords;

KeptDays kept_days(db::Tx& tx, Micros from, Micros to) {
  return tx
      .one("SELECT (SELECT MIN(day) FROM search_days), (SELECT MAX(day) FROM search_days)",
           [&](const db::Row& row) { return KeptDays(from, to, row.integer(0), row.integer(1)); })
      .value();
}

std::int64_t measure(const SearchedWords& words, UseStore::Most most) {
  return most == UseStore::Most::searches ? words.searches : words.without_result;
}

}  // namespace

std::vector<usage::RetentionWeek> UseStore::retention(db::Tx& tx, Micros from, Micros to,
                                                      int count) {
  return tx.all(
      "SELECT r.cohort, r.week, r.members, r.active FROM retention_weeks r WHERE r.cohort < $2"
      " AND (r.cohort >= $1 OR r.cohort IN (SELECT c.cohort FROM retention_weeks c"
      "  WHERE c.cohort < $2 GROUP BY c.cohort ORDER BY c.cohort DESC LIMIT $3))"
      " ORDER BY r.cohort, r.week",
      [](const db::Row& row) {
        return usage::RetentionWeek{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
      },
      from, to, count);
}

std::vector<SearchedWords> UseStore::words(db::Tx& tx, Micros from, Micros to, Most most,
                                           int count) {
  constexpr db::Sql by_searches =
      "SELECT words, searches FROM search_days WHERE day = $1"
      " ORDER BY searches DESC LIMIT $2";
  constexpr db::Sql by_emptiness =
      "SELECT words, without_result FROM search_days WHERE day = $1 AND without_result > 0"
      " ORDER BY without_result DESC LIMIT $2";
  std::map<std::string, std::int64_t, std::less<>> found;
  const KeptDays days = kept_days(tx, from, to);
  for (Micros at = days.from; at < days.to; at += day) {
    tx.each(
        most == Most::searches ? by_searches : by_emptiness,
        [&](const db::Row& row) { found[row.string(0)] += row.integer(1); }, at, days.of_a_day());
  }
  std::vector<SearchedWords> sums;
  for (const std::string& each : most_of(found, 2 * static_cast<std::size_t>(count))) {
    sums.push_back(sums_of(tx, from, to, each));
  }
  std::ranges::stable_sort(sums, std::greater(),
                           [&](const SearchedWords& each) { return measure(each, most); });
  if (std::ssize(sums) > count) sums.resize(static_cast<std::size_t>(count));
  return sums;
}

SearchedWords UseStore::sums_of(db::Tx& tx, Micros from, Micros to, std::string_view words) {
  return tx
      .one(
          "SELECT CAST(COALESCE(SUM(searches), 0) AS BIGINT),"
          " CAST(COALESCE(SUM(without_result), 0) AS BIGINT) FROM search_days"
          " WHERE words = $1 AND day >= $2 AND day < $3",
          [&](const db::Row& row) {
            return SearchedWords{std::string(words), row.integer(0), row.integer(1)};
          },
          words, from, to)
      .value();
}

}  // namespace picsharz::analytics
