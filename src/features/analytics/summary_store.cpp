#include "features/analytics/summary_store.h"

#include <charconv>
#include <string>
#include <string_view>

#include "image/image.h"

namespace picsharz::analytics {

namespace {

std::int64_t integer(const db::Row& row) { return row.integer(0); }

DayCount read_day(const db::Row& row) { return {row.integer(0), row.integer(1)}; }

DecisionCount read_decision(const db::Row& row) {
  return {row.integer(0), row.as<moderation::Action>(1), row.string(2), row.integer(3)};
}

std::string joined(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (const std::int64_t each : numbers) {
    if (!text.empty()) text += ' ';
    text += std::to_string(each);
  }
  return text;
}

std::vector<std::int64_t> numbers_of(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t number = 0;
    const auto [after, failure] = std::from_chars(at, end, number);
    if (failure != std::errc{}) break;
    numbers.push_back(number);
    at = after + 1;  // the space
  }
  return numbers;
}

constexpr int of_a_kind = 1000;

}  // namespace

std::optional<SummaryMark> SummaryStore::mark(db::Tx& tx) {
  return tx.one("SELECT at, took FROM analytics_refresh WHERE id = 1", [](const db::Row& row) {
    return SummaryMark{row.integer(0), row.integer(1)};
  });
}

std::vector<ClassCount> SummaryStore::classes(db::Tx& tx, std::string_view kind, int count) {
  return tx.all(
      "SELECT kind, label, count, amount FROM analytics_counts WHERE kind = $1"
      " ORDER BY count DESC, label LIMIT $2",
      [](const db::Row& row) {
        return ClassCount{row.string(0), row.string(1), row.integer(2), row.integer(3)};
      },
      kind, count);
}

std::vector<DayCount> SummaryStore::days(db::Tx& tx, std::string_view kind, Micros from,
                                         Micros to) {
  return tx.all(
      "SELECT day, count FROM analytics_days WHERE kind = $1 AND day < $3 AND day >= COALESCE("
      " (SELECT MAX(b.day) FROM analytics_days b WHERE b.kind = $1 AND b.day < $2), $2)"
      " ORDER BY day",
      read_day, kind, from, to);
}

void SummaryStore::set_mark(db::Tx& tx, const SummaryMark& mark) {
  tx.exec(
      "INSERT INTO analytics_refresh (id, at, took) VALUES (1, $1, $2)"
      " ON CONFLICT (id) DO UPDATE SET at = excluded.at, took = excluded.took",
      mark.at, mark.took);
}

void SummaryStore::replace_classes(db::Tx& tx, std::span<const ClassCount> classes) {
  tx.exec("DELETE FROM analytics_counts");
  for (const ClassCount& each : classes) {
    tx.exec("INSERT INTO analytics_counts (kind, label, count, amount) VALUES ($1, $2, $3, $4)",
            each.kind, each.label, each.count, each.amount);
  }
}

void SummaryStore::put_days(db::Tx& tx, std::string_view kind, std::span<const DayCount> days) {
  for (const DayCount& each : days) {
    tx.exec(
        "INSERT INTO analytics_days (day, kind, count) VALUES ($1, $2, $3)"
        " ON CONFLICT (day, kind) DO UPDATE SET count = excluded.count",
        each.day, kind, each.count);
  }
}

void SummaryStore::replace_people(db::Tx& tx, Micros day, std::span<const ViewedPerson> people) {
  tx.exec("DELETE FROM analytics_people WHERE day = $1", day);
  for (const ViewedPerson& each : people) {
    // Who was erased meanwhile is nobody any more.
    tx.exec(
        "INSERT INTO analytics_people (day, account_id, views)"
        " SELECT CAST($1 AS BIGINT), id, CAST($3 AS BIGINT) FROM accounts WHERE id = $2",
        day, each.account, each.views);
  }
}

void SummaryStore::forget_people(db::Tx& tx, Micros before) {
  tx.exec("DELETE FROM analytics_people WHERE day < $1", before);
}

std::vector<DecisionCount> SummaryStore::decisions(db::Tx& tx, Micros from, Micros to) {
  return tx.all(
      "SELECT day, action, reason, count FROM analytics_decisions WHERE day >= $1 AND day < $2",
      read_decision, from, to);
}

void SummaryStore::replace_decisions(db::Tx& tx, Micros from,
                                     std::span<const DecisionCount> decisions) {
  tx.exec("DELETE FROM analytics_decisions WHERE day >= $1", from);
  for (const DecisionCount& each : decisions) {
    tx.exec("INSERT INTO analytics_decisions (day, action, reason, count) VALUES ($1, $2, $3, $4)",
            each.day, each.action, each.reason, each.count);
  }
}

std::vector<DecisionCount> SummaryStore::decided(db::Tx& tx, Micros from, Micros to) {
  return tx.all(
      "SELECT d.created_at / $1 * $1, d.action, d.reason, count(*) FROM moderation_decisions d"
      " WHERE d.created_at >= $2 AND d.created_at < $3 AND d.action <> $4"
      " AND NOT EXISTS (SELECT 1 FROM moderation_decisions u WHERE u.undoes = d.id)"
      " GROUP BY 1, d.action, d.reason",
      read_decision, day, from, to, moderation::Action::undo);
}

std::vector<DayDelays> SummaryStore::delays(db::Tx& tx, Micros from, Micros to) {
  return tx.all(
      "SELECT day, seconds FROM analytics_delays WHERE day >= $1 AND day < $2",
      [](const db::Row& row) {
        return DayDelays{row.integer(0), numbers_of(row.text(1))};
      },
      from, to);
}

void SummaryStore::replace_delays(db::Tx& tx, Micros from, std::span<const DayDelays> delays) {
  tx.exec("DELETE FROM analytics_delays WHERE day >= $1", from);
  for (const DayDelays& each : delays) {
    tx.exec("INSERT INTO analytics_delays (day, seconds) VALUES ($1, $2)", each.day,
            joined(each.seconds));
  }
}

std::vector<DayDelays> SummaryStore::waited(db::Tx& tx, Micros from, Micros to) {
  std::vector<DayDelays> days;
  tx.each(
      "SELECT closed_at / $1 * $1, (closed_at - opened_at) / $2 FROM moderation_cases"
      " WHERE closed_at >= $3 AND closed_at < $4 ORDER BY closed_at",
      [&](const db::Row& row) {
        if (days.empty() || days.back().day != row.integer(0)) days.push_back({row.integer(0)});
        days.back().seconds.push_back(row.integer(1));
      },
      day, second, from, to);
  return days;
}

std::int64_t SummaryStore::members(db::Tx& tx) {
  return tx.one("SELECT count(*) FROM accounts WHERE state <> 2", integer).value();
}

std::int64_t SummaryStore::photos(db::Tx& tx) {
  return tx.one("SELECT count(*) FROM photos WHERE state = 3", integer).value();
}

std::vector<DayCount> SummaryStore::members_by_day(db::Tx& tx) {
  return tx.all(
      "SELECT created_at / $1 * $1 AS day, count(*) FROM accounts WHERE state <> 2"
      " GROUP BY 1 ORDER BY 1",
      read_day, day);
}

std::vector<DayCount> SummaryStore::photos_by_day(db::Tx& tx) {
  return tx.all(
      "SELECT created_at / $1 * $1 AS day, count(*) FROM photos WHERE state = 3"
      " GROUP BY 1 ORDER BY 1",
      read_day, day);
}

std::vector<ClassCount> SummaryStore::countries(db::Tx& tx) {
  return tx.all("SELECT country, count(*) FROM accounts WHERE state <> 2 GROUP BY country",
                [](const db::Row& row) {
                  return ClassCount{"country", row.string(0), row.integer(1)};
                });
}

std::vector<ClassCount> SummaryStore::formats(db::Tx& tx) {
  return tx.all(
      "SELECT format, count(*), CAST(SUM(bytes) AS BIGINT) FROM photos WHERE state = 3"
      " GROUP BY format",
      [](const db::Row& row) {
        return ClassCount{"format", std::string(image::format_name(row.as<image::Format>(0))),
                          row.integer(1), row.integer(2)};
      });
}

std::vector<CameraCount> SummaryStore::cameras(db::Tx& tx) {
  return tx.all(
      {"SELECT COALESCE(d.camera ->> 'make', ''), COALESCE(d.camera ->> 'model', ''), count(*)"
       " FROM photo_details d JOIN photos p ON p.id = d.photo_id"
       " WHERE d.camera <> '' AND p.state = 3 GROUP BY 1, 2 ORDER BY 3 DESC LIMIT $1",
       "SELECT COALESCE(CAST(d.camera AS JSON) ->> 'make', ''),"
       " COALESCE(CAST(d.camera AS JSON) ->> 'model', ''), count(*)"
       " FROM photo_details d JOIN photos p ON p.id = d.photo_id"
       " WHERE d.camera <> '' AND p.state = 3 GROUP BY 1, 2 ORDER BY 3 DESC LIMIT $1"},
      [](const db::Row& row) {
        return CameraCount{row.string(0), row.string(1), row.integer(2)};
      },
      of_a_kind);
}

std::vector<ClassCount> SummaryStore::lenses(db::Tx& tx) {
  return tx.all(
      {"SELECT d.camera ->> 'lens', count(*) FROM photo_details d"
       " JOIN photos p ON p.id = d.photo_id WHERE d.camera <> '' AND p.state = 3"
       " AND COALESCE(d.camera ->> 'lens', '') <> '' GROUP BY 1 ORDER BY 2 DESC LIMIT $1",
       "SELECT CAST(d.camera AS JSON) ->> 'lens', count(*) FROM photo_details d"
       " JOIN photos p ON p.id = d.photo_id WHERE d.camera <> '' AND p.state = 3"
       " AND COALESCE(CAST(NULLIF(d.camera, '') AS JSON) ->> 'lens', '') <> ''"
       " GROUP BY 1 ORDER BY 2 DESC LIMIT $1"},
      [](const db::Row& row) {
        return ClassCount{"lens", row.string(0), row.integer(1)};
      },
      of_a_kind);
}

std::optional<Micros> SummaryStore::first_views(db::Tx& tx) {
  std::optional<Micros> first;
  tx.each("SELECT MIN(day) FROM photo_views",
          [&](const db::Row& row) { first = row.maybe_integer(0); });
  return first;
}

std::vector<ViewedPerson> SummaryStore::people(db::Tx& tx, Micros day, int count) {
  return tx.all(
      "SELECT p.owner_id, CAST(SUM(v.views) AS BIGINT) AS views FROM photo_views v"
      " JOIN photos p ON p.id = v.photo_id WHERE v.day = $1 GROUP BY p.owner_id"
      " ORDER BY views DESC, p.owner_id LIMIT $2",
      [](const db::Row& row) {
        return ViewedPerson{row.id<AccountId>(0), row.integer(1)};
      },
      day, count);
}

}  // namespace picsharz::analytics
