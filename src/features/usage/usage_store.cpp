#include "features/usage/usage_store.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace picsharz::usage {

namespace {

Counted counted_of(const db::Row& row) {
  return {.at = row.integer(0),
          .kind = row.string(1),
          .label = row.string(2),
          .count = row.integer(3),
          .amount = row.integer(4)};
}

std::optional<Micros> first_of(db::Tx& tx, const db::Sql& sql) {
  std::optional<Micros> first;
  tx.each(sql, [&](const db::Row& row) { first = row.maybe_integer(0); });
  return first;
}

}  // namespace

void UsageStore::add(db::Tx& tx, Step step, const Counted& counted) {
  const auto run = [&](const db::Sql& sql) {
    tx.exec(sql, counted.at, counted.kind, counted.label, counted.count, counted.amount);
  };
  if (step == Step::hour) {
    run("INSERT INTO usage_hours (hour, kind, label, count, amount) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (kind, hour, label) DO UPDATE SET"
        " count = usage_hours.count + excluded.count,"
        " amount = usage_hours.amount + excluded.amount");
  } else {
    run("INSERT INTO usage_days (day, kind, label, count, amount) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (kind, day, label) DO UPDATE SET"
        " count = usage_days.count + excluded.count,"
        " amount = usage_days.amount + excluded.amount");
  }
}

void UsageStore::set(db::Tx& tx, Step step, const Counted& counted) {
  const auto run = [&](const db::Sql& sql) {
    tx.exec(sql, counted.at, counted.kind, counted.label, counted.amount);
  };
  if (step == Step::hour) {
    run("INSERT INTO usage_hours (hour, kind, label, count, amount) VALUES ($1, $2, $3, 1, $4)"
        " ON CONFLICT (kind, hour, label) DO UPDATE SET amount = excluded.amount");
  } else {
    run("INSERT INTO usage_days (day, kind, label, count, amount) VALUES ($1, $2, $3, 1, $4)"
        " ON CONFLICT (kind, day, label) DO UPDATE SET amount = excluded.amount");
  }
}

void UsageStore::add_active(db::Tx& tx, Micros at, AccountId account) {
  tx.exec(
      "INSERT INTO active_days (day, account_id)"
      " SELECT CAST($1 AS BIGINT), id FROM accounts WHERE id = $2 ON CONFLICT DO NOTHING",
      at, account);
}

void UsageStore::add_views(db::Tx& tx, Micros at, PhotoId photo, std::int64_t views) {
  tx.exec(
      "INSERT INTO photo_views (day, photo_id, views)"
      " SELECT CAST($1 AS BIGINT), id, CAST($3 AS BIGINT) FROM photos WHERE id = $2"
      " ON CONFLICT (day, photo_id) DO UPDATE SET views = photo_views.views + excluded.views",
      at, photo, views);
}

bool UsageStore::add_words(db::Tx& tx, Micros at, const SearchedWords& words, bool known) {
  if (known) {
    return tx.exec(
               "UPDATE search_days SET searches = searches + $3,"
               " without_result = without_result + $4 WHERE day = $1 AND words = $2",
               at, words.words, words.searches, words.without_result) == 1;
  }
  tx.exec(
      "INSERT INTO search_days (day, words, searches, without_result) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (day, words) DO UPDATE SET"
      " searches = search_days.searches + excluded.searches,"
      " without_result = search_days.without_result + excluded.without_result",
      at, words.words, words.searches, words.without_result);
  return true;
}

std::int64_t UsageStore::words_of_day(db::Tx& tx, Micros at) {
  return tx
      .one(
          "SELECT count(*) FROM search_days WHERE day = $1",
          [](const db::Row& row) { return row.integer(0); }, at)
      .value_or(0);
}

std::vector<Counted> UsageStore::counted(db::Tx& tx, Step step, Micros from, Micros to) {
  if (step == Step::hour) {
    return tx.all(
        "SELECT hour, kind, label, count, amount FROM usage_hours"
        " WHERE hour >= $1 AND hour < $2 ORDER BY hour, kind, label",
        counted_of, from, to);
  }
  return tx.all(
      "SELECT day, kind, label, count, amount FROM usage_days"
      " WHERE day >= $1 AND day < $2 ORDER BY day, kind, label",
      counted_of, from, to);
}

std::vector<Counted> UsageStore::counted(db::Tx& tx, Step step, Micros from, Micros to,
                                         std::span<const std::string_view> kinds) {
  std::vector<Counted> all;
  for (const std::string_view kind : kinds) {
    each_counted(tx, step, from, to, kind, [&](const CountedView& row) {
      all.push_back({row.at, std::string(row.kind), std::string(row.label), row.count, row.amount});
    });
  }
  std::ranges::sort(all, {},
                    [](const Counted& row) { return std::tie(row.at, row.kind, row.label); });
  return all;
}

void UsageStore::each_counted(db::Tx& tx, Step step, Micros from, Micros to, std::string_view kind,
                              FunctionRef<void(const CountedView&)> each) {
  constexpr db::Sql hours =
      "SELECT hour, label, count, amount FROM usage_hours"
      " WHERE kind = $3 AND hour >= $1 AND hour < $2 ORDER BY hour, label";
  constexpr db::Sql days =
      "SELECT day, label, count, amount FROM usage_days"
      " WHERE kind = $3 AND day >= $1 AND day < $2 ORDER BY day, label";
  tx.each(
      step == Step::hour ? hours : days,
      [&](const db::Row& row) {
        each({row.integer(0), kind, row.text(1), row.integer(2), row.integer(3)});
      },
      from, to, kind);
}

std::vector<ActiveCount> UsageStore::active(db::Tx& tx, Micros from, Micros to) {
  return tx.all(
      "SELECT day, daily, weekly, monthly FROM active_counts"
      " WHERE day >= $1 AND day < $2 ORDER BY day",
      [](const db::Row& row) {
        return ActiveCount{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
      },
      from, to);
}

std::int64_t UsageStore::active_on(db::Tx& tx, Micros at) {
  return tx
      .one(
          "SELECT count(*) FROM active_days WHERE day = $1",
          [](const db::Row& row) { return row.integer(0); }, at)
      .value_or(0);
}

std::vector<RetentionWeek> UsageStore::retention(db::Tx& tx, Micros from, Micros to) {
  return tx.all(
      "SELECT cohort, week, members, active FROM retention_weeks"
      " WHERE cohort >= $1 AND cohort < $2 ORDER BY cohort, week",
      [](const db::Row& row) {
        return RetentionWeek{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
      },
      from, to);
}

std::vector<SearchedWords> UsageStore::words(db::Tx& tx, Micros from, Micros to,
                                             bool without_result, int limit) {
  const auto of_row = [](const db::Row& row) {
    return SearchedWords{row.string(0), row.integer(1), row.integer(2)};
  };
  if (without_result) {
    return tx.all(
        "SELECT words, CAST(SUM(searches) AS BIGINT) AS often,"
        " CAST(SUM(without_result) AS BIGINT) AS missed FROM search_days"
        " WHERE day >= $1 AND day < $2 AND without_result > 0 GROUP BY words"
        " ORDER BY missed DESC, words LIMIT $3",
        of_row, from, to, limit);
  }
  return tx.all(
      "SELECT words, CAST(SUM(searches) AS BIGINT) AS often,"
      " CAST(SUM(without_result) AS BIGINT) AS missed FROM search_days"
      " WHERE day >= $1 AND day < $2 GROUP BY words ORDER BY often DESC, words LIMIT $3",
      of_row, from, to, limit);
}

std::vector<ViewedPhoto> UsageStore::viewed(db::Tx& tx, Micros from, Micros to, int limit) {
  return tx.all(
      "SELECT photo_id, CAST(SUM(views) AS BIGINT) AS often FROM photo_views"
      " WHERE day >= $1 AND day < $2 GROUP BY photo_id ORDER BY often DESC, photo_id LIMIT $3",
      [](const db::Row& row) {
        return ViewedPhoto{row.id<PhotoId>(0), row.integer(1)};
      },
      from, to, limit);
}

ActiveCount UsageStore::count_active(db::Tx& tx, Micros at) {
  ActiveCount counted{.day = at};
  tx.each(
      "SELECT COALESCE(SUM(CASE WHEN last = $1 THEN 1 ELSE 0 END), 0),"
      " COALESCE(SUM(CASE WHEN last > $2 THEN 1 ELSE 0 END), 0), COUNT(*) FROM"
      " (SELECT MAX(day) AS last FROM active_days WHERE day > $3 AND day <= $1"
      " GROUP BY account_id) AS lately",
      [&](const db::Row& row) {
        counted.daily = row.integer(0);
        counted.weekly = row.integer(1);
        counted.monthly = row.integer(2);
      },
      at, at - 7 * day, at - 30 * day);
  return counted;
}

void UsageStore::put_active(db::Tx& tx, const ActiveCount& count) {
  tx.exec(
      "INSERT INTO active_counts (day, daily, weekly, monthly) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (day) DO UPDATE SET daily = excluded.daily, weekly = excluded.weekly,"
      " monthly = excluded.monthly",
      count.day, count.daily, count.weekly, count.monthly);
}

// 345600000000: the first Monday of 1970; 604800000000: a week (usage_rules.h).
std::vector<RetentionWeek> UsageStore::count_retention(db::Tx& tx, Micros monday, Micros since) {
  constexpr Micros week = 7 * day;
  return tx.all(
      "SELECT cohort, COUNT(*), COALESCE(SUM(was_here), 0) FROM"
      " (SELECT a.created_at - (a.created_at - 345600000000) % 604800000000 AS cohort,"
      " CASE WHEN EXISTS (SELECT 1 FROM active_days d WHERE d.account_id = a.id"
      " AND d.day >= $1 AND d.day < $2) THEN 1 ELSE 0 END AS was_here"
      " FROM accounts a WHERE a.created_at >= $3 AND a.created_at < $2) AS each_one"
      " GROUP BY cohort ORDER BY cohort",
      [&](const db::Row& row) {
        const Micros cohort = row.integer(0);
        return RetentionWeek{cohort, (monday - cohort) / week, row.integer(1), row.integer(2)};
      },
      monday, monday + week, since);
}

void UsageStore::put_retention(db::Tx& tx, const RetentionWeek& counted) {
  tx.exec(
      "INSERT INTO retention_weeks (cohort, week, members, active) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (cohort, week) DO UPDATE SET"
      " members = CASE WHEN excluded.members > retention_weeks.members"
      "  THEN excluded.members ELSE retention_weeks.members END,"
      " active = CASE WHEN excluded.active > retention_weeks.active"
      "  THEN excluded.active ELSE retention_weeks.active END",
      counted.cohort, counted.week, counted.members, counted.active);
}

std::optional<Micros> UsageStore::first_active(db::Tx& tx) {
  const auto counted = first_of(tx, "SELECT MIN(day) FROM active_counts");
  const auto here = oldest_active(tx);
  return counted && here ? std::min(counted, here) : std::max(counted, here);
}

Stored UsageStore::stored(db::Tx& tx) {
  const auto sum = [&](const db::Sql& sql) {
    return tx.one(sql, [](const db::Row& row) { return row.integer(0); }).value_or(0);
  };
  return {.originals = sum("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM originals"),
          .renditions = sum("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM renditions"),
          .database = sum({"SELECT page_count * page_size FROM pragma_page_count(),"
                           " pragma_page_size()",
                           "SELECT pg_database_size(current_database())"})};
}

std::optional<Micros> UsageStore::mark(db::Tx& tx, std::string_view name) {
  return tx.one(
      "SELECT done_at FROM upkeep_marks WHERE name = $1",
      [](const db::Row& row) { return row.integer(0); }, name);
}

void UsageStore::set_mark(db::Tx& tx, std::string_view name, Micros at) {
  tx.exec(
      "INSERT INTO upkeep_marks (name, done_at) VALUES ($1, $2)"
      " ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at",
      name, at);
}

std::optional<std::string> UsageStore::next_kind(db::Tx& tx, std::string_view after) {
  return tx.one(
      "SELECT kind FROM usage_hours WHERE kind > $1 ORDER BY kind LIMIT 1",
      [](const db::Row& row) { return row.string(0); }, after);
}

void UsageStore::remove_hours(db::Tx& tx, std::string_view kind, Micros until) {
  tx.exec("DELETE FROM usage_hours WHERE kind = $1 AND hour < $2", kind, until);
}

std::optional<Micros> UsageStore::oldest_active(db::Tx& tx) {
  return first_of(tx, "SELECT MIN(day) FROM active_days");
}

void UsageStore::remove_active(db::Tx& tx, Micros at) {
  tx.exec("DELETE FROM active_days WHERE day = $1", at);
}

std::optional<Micros> UsageStore::oldest_views(db::Tx& tx) {
  return first_of(tx, "SELECT MIN(day) FROM photo_views");
}

void UsageStore::remove_views(db::Tx& tx, Micros at) {
  tx.exec("DELETE FROM photo_views WHERE day = $1", at);
}

std::optional<Micros> UsageStore::oldest_rare_words(db::Tx& tx, std::int64_t often) {
  return tx.one(
      "SELECT day FROM search_days WHERE searches < $1 ORDER BY day LIMIT 1",
      [](const db::Row& row) { return row.integer(0); }, often);
}

void UsageStore::remove_rare_words(db::Tx& tx, Micros at, std::int64_t often) {
  tx.exec("DELETE FROM search_days WHERE day = $1 AND searches < $2", at, often);
}

std::vector<std::string> UsageStore::names(db::Tx& tx, AccountId account) {
  return tx.all(
      "SELECT handle FROM accounts WHERE id = $1 UNION SELECT name FROM accounts WHERE id = $1"
      " UNION SELECT handle FROM old_handles WHERE account_id = $1",
      [](const db::Row& row) { return row.string(0); }, account);
}

std::optional<Micros> UsageStore::next_words_day(db::Tx& tx, Micros after) {
  return tx.one(
      "SELECT day FROM search_days WHERE day > $1 ORDER BY day LIMIT 1",
      [](const db::Row& row) { return row.integer(0); }, after);
}

std::vector<std::string> UsageStore::words_on(db::Tx& tx, Micros at) {
  return tx.all(
      "SELECT words FROM search_days WHERE day = $1",
      [](const db::Row& row) { return row.string(0); }, at);
}

void UsageStore::remove_words(db::Tx& tx, Micros at, std::string_view words) {
  tx.exec("DELETE FROM search_days WHERE day = $1 AND words = $2", at, words);
}

}  // namespace picsharz::usage
