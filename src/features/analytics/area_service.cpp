#include "features/analytics/area_service.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "features/analytics/range_rules.h"

namespace picsharz::analytics {

namespace {

constexpr Micros hours_kept = 100 * day;
constexpr int shown = 20;         // rows of popular ones and of words
constexpr int classes_max = 250;  // rows of countries and the like
constexpr int cohorts = 12;
constexpr int cohort_weeks = 12;
constexpr int spark_days = 30;
constexpr int week_days = 7;
constexpr int measured_days = 2;  // what is measured by the day may be so old, just after midnight

// What was measured last, so many days before the last one.
Value last_known(const Values& days, std::size_t before) {
  for (std::size_t back = before; back < before + measured_days && back < days.size(); ++back) {
    if (const Value& found = days[days.size() - 1 - back]) return found;
  }
  return std::nullopt;
}

// Of the seven days that end so many days before the last one.
double sum_of_week(const Values& days, std::size_t before) {
  double sum = 0;
  for (std::size_t i = 0; i < week_days; ++i) {
    sum += days[days.size() - 1 - before - i].value_or(0);
  }
  return sum;
}

// The last count of a day before `end`.
Value last_before(const std::vector<DayCount>& days, Micros end) {
  Value found;
  for (const DayCount& each : days) {
    if (each.day >= end) break;
    found = static_cast<double>(each.count);
  }
  return found;
}

Values at_ends(const std::vector<DayCount>& days, const std::vector<Micros>& times, Micros end,
               Micros shift, Micros now) {
  Values values;
  auto next = days.begin();
  Value last;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Micros part_end = (i + 1 < times.size() ? times[i + 1] : end) - shift;
    for (; next != days.end() && next->day < part_end; ++next) {
      last = static_cast<double>(next->count);
    }
    values.push_back(times[i] - shift > now ? std::nullopt : last);
  }
  return values;
}

// The newest count of each part: of a month's it is the last day's.
Values last_active(const std::vector<usage::ActiveCount>& counts, const std::vector<Micros>& times,
                   Micros end, Micros shift, std::int64_t usage::ActiveCount::*which) {
  Values values(times.size());
  for (const usage::ActiveCount& each : counts) {
    const Micros at = each.day + shift;
    if (at < times.front() || at >= end) continue;
    const auto part = std::ranges::upper_bound(times, at) - times.begin() - 1;
    values[static_cast<std::size_t>(part)] = static_cast<double>(each.*which);
  }
  return values;
}

Value last_active(const std::vector<usage::ActiveCount>& counts, Micros from, Micros to,
                  std::int64_t usage::ActiveCount::*which) {
  Value found;
  for (const usage::ActiveCount& each : counts) {
    if (each.day >= from && each.day < to) found = static_cast<double>(each.*which);
  }
  return found;
}

struct ActiveKind {
  std::string_view id;
  std::int64_t usage::ActiveCount::*which;
};
constexpr std::array<ActiveKind, 3> active_kinds = {{{"daily", &usage::ActiveCount::daily},
                                                     {"weekly", &usage::ActiveCount::weekly},
                                                     {"monthly", &usage::ActiveCount::monthly}}};

Chart chart(std::string id, Unit unit, Shape shape, std::vector<Micros> times,
            std::vector<Series> series) {
  return {std::move(id), unit, shape, std::move(times), std::move(series)};
}

std::vector<std::vector<Cell>> rows_of(const std::vector<usage::SearchedWords>& words,
                                       std::int64_t usage::SearchedWords::*more) {
  std::vector<std::vector<Cell>> rows;
  for (const usage::SearchedWords& each : words) {
    rows.push_back({each.words, each.searches});
    if (more) rows.back().emplace_back(each.*more);
  }
  return rows;
}

}  // namespace

Dashboard AreaService::begin(const Range& range) const {
  return {.range = range, .updated_at = clock_.now()};
}

Ledger AreaService::ledger(db::Tx& tx, const Range& range, Kinds kinds) {
  const usage::Step step = range.step == Step::hour ? usage::Step::hour : usage::Step::day;
  const Micros from = range.compare ? range.from - range.length() : range.from;
  const Micros now = clock_.now();
  const Micros known_from = step == usage::Step::hour ? now - hours_kept : 0;
  Ledger found(range, known_from, now);
  for (const std::string_view kind : kinds) {
    use_.each_counted(tx, step, from, range.to, kind,
                      [&](const usage::CountedView& row) { found.place(row); });
  }
  return found;
}

AreaService::Counts AreaService::count(db::Tx& tx, const Range& range, Kinds kinds) {
  Counts counts{.parts = ledger(tx, range, kinds)};
  if (range.step == Step::hour) counts.days = ledger(tx, by_day(range), kinds);
  leave_out_later(tx, counts.days ? *counts.days : counts.parts, range, kinds);
  return counts;
}

// Of the day that today is compared with, what came in the hours after this one: today has not had
// those yet.
void AreaService::leave_out_later(db::Tx& tx, Ledger& days, const Range& range, Kinds kinds) {
  const Micros now = clock_.now();
  if (!range.compare || now < range.from || now >= range.to) return;
  const Micros then = now - range.length();
  for (const std::string_view kind : kinds) {
    use_.each_counted(tx, usage::Step::hour, usage::hour_of(then) + hour, day_of(then) + day, kind,
                      [&](const usage::CountedView& row) { days.leave_out(row); });
  }
}

Micros AreaService::oldest_of(db::Tx& tx, Micros summary) {
  return std::min(summary, use_.measured(tx).value_or(summary));
}

Series AreaService::totals(db::Tx& tx, std::string_view kind, const Range& range) {
  const Micros before = range.length();
  const std::vector<Micros> times = divide(range);
  const auto days = summaries_.days(tx, kind, range.from - before, range.to);
  Series series{.id = std::string(kind)};
  series.values = at_ends(days, times, range.to, 0, clock_.now());
  if (range.compare) series.before = at_ends(days, times, range.to, before, clock_.now());
  return series;
}

Figure AreaService::standing(db::Tx& tx, std::string_view kind, const Range& range) {
  const auto days = summaries_.days(tx, kind, range.from, range.to);
  Figure figure{.id = std::string(kind), .value = last_before(days, range.to)};
  figure.compared = range.compare;
  if (range.compare) figure.before = last_before(days, range.from);
  return figure;
}

// Figures are of the last day that is over, else of today so far, which nothing is compared with.
void AreaService::add_active(db::Tx& tx, Dashboard& to) {
  const Range days = by_day(to.range);
  const Micros before = days.length();
  const Micros over = std::min(days.to, day_of(clock_.now()));
  const auto counts = use_.active(tx, days.compare ? days.from - before : days.from, days.to);
  const auto times = divide(days);
  std::vector<Series> series;
  for (const auto& [id, which] : active_kinds) {
    Figure figure{.id = std::string(id), .value = last_active(counts, days.from, over, which)};
    Series line{.id = std::string(id), .values = last_active(counts, times, days.to, 0, which)};
    figure.compared = days.compare;
    if (days.compare) {
      if (figure.value) {
        figure.before = last_active(counts, days.from - before, over - before, which);
      }
      line.before = last_active(counts, times, days.to, before, which);
    }
    if (!figure.value) figure.value = last_active(counts, days.from, days.to, which);
    to.figures.push_back(std::move(figure));
    series.push_back(std::move(line));
  }
  to.charts.push_back(chart("active", Unit::count, Shape::line, times, std::move(series)));
}

// Of a cohort its size stays: who is erased joined all the same.
Table AreaService::retention(db::Tx& tx, const Range& range) {
  Table table{.id = "retention",
              .columns = {{"cohort", ColumnKind::day}, {"members", ColumnKind::count}}};
  for (int week = 0; week < cohort_weeks; ++week) {
    table.columns.push_back({"week" + std::to_string(week), ColumnKind::percent});
  }
  Micros cohort = -1;
  std::int64_t joined = 0;
  for (const auto& each : use_.retention(tx, monday_of(range.from), range.to, cohorts)) {
    if (each.cohort != cohort) {
      cohort = each.cohort;
      joined = 0;
      table.rows.emplace_back(table.columns.size());
      table.rows.back()[0] = each.cohort;
    }
    joined = std::max(joined, each.members);
    table.rows.back()[1] = joined;
    if (each.week < 0 || each.week >= cohort_weeks || joined == 0) continue;
    // Of a week that is not over nobody can say who stayed away.
    if (each.cohort + (each.week + 1) * week_days * day > clock_.now()) continue;
    table.rows.back()[static_cast<std::size_t>(2 + each.week)] =
        100.0 * static_cast<double>(each.active) / static_cast<double>(joined);
  }
  return table;
}

Table AreaService::classes(db::Tx& tx, std::string id, std::string_view kind, Column label,
                           bool bytes) {
  const std::string counted = kind == "country" ? "members" : "photos";
  Table table{.id = std::move(id), .columns = {std::move(label), {counted, ColumnKind::count}}};
  if (bytes) table.columns.push_back({"bytes", ColumnKind::bytes});
  for (const ClassCount& each : summaries_.classes(tx, kind, classes_max)) {
    table.rows.push_back({each.label, each.count});
    if (bytes) table.rows.back().emplace_back(each.amount);
  }
  return table;
}

Dashboard AreaService::people(const Range& range) {
  Dashboard to = begin(range);
  to.updated_at = summary_.fresh();
  database_.read([&](db::Tx& tx) {
    const Ledger counts = ledger(tx, range, {"sign_up"});
    const Range days = by_day(range);
    to.figures.push_back(standing(tx, "members", range));
    to.charts.push_back(chart("sign_ups", Unit::count, Shape::bars, counts.times(),
                              {counts.sums("sign_ups", {"sign_up"})}));
    to.charts.push_back(
        chart("members", Unit::count, Shape::line, divide(days), {totals(tx, "members", days)}));
    add_active(tx, to);
    to.tables.push_back(
        classes(tx, "countries", "country", {"country", ColumnKind::country}, false));
    to.tables.push_back(retention(tx, range));
  });
  return to;
}

Dashboard AreaService::photos(const Range& range) {
  Dashboard to = begin(range);
  to.updated_at = summary_.fresh();
  database_.read([&](db::Tx& tx) {
    to.updated_at = oldest_of(tx, to.updated_at);
    const Counts used = count(tx, range, {"upload", "upload_bytes", "storage"});
    const Ledger& counts = used.parts;
    to.figures = {standing(tx, "photos", range), used.whole().total("uploads", {"upload"}),
                  used.whole().last("storage", {"storage"}, Unit::bytes)};
    to.charts.push_back(chart("uploads", Unit::count, Shape::bars, counts.times(),
                              {counts.sums("uploads", {"upload"})}));
    to.charts.push_back(chart("upload_bytes", Unit::bytes, Shape::bars, counts.times(),
                              {counts.sums("upload_bytes", {"upload_bytes"}, Of::amount)}));
    to.charts.push_back(chart("storage", Unit::bytes, Shape::stacked, counts.times(),
                              {counts.lasts("originals", {"storage", "originals"}),
                               counts.lasts("renditions", {"storage", "renditions"}),
                               counts.lasts("database", {"storage", "database"}),
                               counts.lasts("backups", {"storage", "backups"})}));
    to.tables = {classes(tx, "formats", "format", {"format", ColumnKind::text}, true),
                 classes(tx, "cameras", "camera", {"camera", ColumnKind::text}, false),
                 classes(tx, "lenses", "lens", {"lens", ColumnKind::text}, false)};
  });
  return to;
}

Dashboard AreaService::engagement(const Range& range) {
  Dashboard to = begin(range);
  to.updated_at = summary_.fresh();
  database_.read([&](db::Tx& tx) {
    const Counts used = count(tx, range, {"view", "like", "comment", "follow"});
    const Ledger& counts = used.parts;
    const Ledger& whole = used.whole();
    to.figures = {whole.total("views", {"view"}), whole.total("likes", {"like"}),
                  whole.total("follows", {"follow"}), whole.total("comments", {"comment"})};
    to.charts.push_back(
        chart("engagement", Unit::count, Shape::line, counts.times(),
              {counts.sums("views", {"view"}), counts.sums("likes", {"like"}),
               counts.sums("comments", {"comment"}), counts.sums("follows", {"follow"})}));
    Table photos{.id = "popular_photos",
                 .columns = {{"photo", ColumnKind::photo},
                             {"views", ColumnKind::count},
                             {"likes", ColumnKind::count},
                             {"comments", ColumnKind::count}}};
    for (PopularPhoto& each : rows_.popular_photos(tx, range.from, range.to, shown)) {
      photos.rows.push_back({std::move(each.view), each.views, each.likes, each.comments});
    }
    Table people{.id = "popular_people",
                 .columns = {{"person", ColumnKind::account},
                             {"views", ColumnKind::count},
                             {"followers", ColumnKind::count},
                             {"photos", ColumnKind::count}}};
    for (PopularPerson& each : rows_.popular_people(tx, range.from, range.to, shown)) {
      people.rows.push_back({std::move(each.who), each.views, each.followers, each.photos});
    }
    to.tables = {std::move(photos), std::move(people)};
  });
  return to;
}

Dashboard AreaService::search(const Range& range) {
  using usage::SearchedWords;
  Dashboard to = begin(range);
  database_.read([&](db::Tx& tx) {
    const Counts used = count(tx, range, {"search", "search_empty"});
    const Ledger& counts = used.parts;
    to.figures = {used.whole().total("searches", {"search"}),
                  used.whole().total("without_result", {"search_empty"})};
    to.charts.push_back(chart(
        "searches", Unit::count, Shape::line, counts.times(),
        {counts.sums("searches", {"search"}), counts.sums("without_result", {"search_empty"})}));
    const auto most = use_.words(tx, range.from, range.to, UseStore::Most::searches, shown);
    const auto empty = use_.words(tx, range.from, range.to, UseStore::Most::without_result, shown);
    const Column words{"words", ColumnKind::text};
    const Column searches{"searches", ColumnKind::count};
    const Column without{"without_result", ColumnKind::count};
    to.tables = {
        {"words", {words, searches, without}, rows_of(most, &SearchedWords::without_result)},
        {"words_without_result",
         {words, searches, without},
         rows_of(empty, &SearchedWords::without_result)}};
  });
  return to;
}

// Of the day a week ago, what came in the hours after this one: today has not had those yet.
double AreaService::later_a_week_ago(db::Tx& tx, std::string_view kind) {
  const Micros then = clock_.now() - week_days * day;
  double sum = 0;
  use_.each_counted(tx, usage::Step::hour, usage::hour_of(then) + hour, day_of(then) + day, kind,
                    [&](const usage::CountedView& row) { sum += static_cast<double>(row.count); });
  return sum;
}

Overview AreaService::overview() {
  Overview to{.updated_at = summary_.fresh()};
  const Micros today = day_of(clock_.now());
  const Range range{.from = today - (spark_days - 1) * day, .to = today + day};
  database_.read([&](db::Tx& tx) {
    to.updated_at = oldest_of(tx, to.updated_at);
    const Ledger counts = ledger(tx, range, {"view", "storage", "route_time"});
    const auto times = divide(range);
    // What it is now, and what it was a week ago.
    const auto add = [&](std::string id, Unit unit, Values days) {
      Figure figure{.id = std::move(id), .unit = unit, .value = last_known(days, 0)};
      figure.compared = true;
      figure.before = last_known(days, week_days);
      figure.spark = std::move(days);
      to.figures.push_back(std::move(figure));
    };
    add("members", Unit::count, totals(tx, "members", range).values);
    add("active", Unit::count,
        last_active(use_.active(tx, range.from, range.to), times, range.to, 0,
                    &usage::ActiveCount::weekly));
    add("photos", Unit::count, totals(tx, "photos", range).values);
    Values views = counts.sums("views", {"view"}).values;
    to.figures.push_back({.id = "views",
                          .value = sum_of_week(views, 0),
                          .before = sum_of_week(views, week_days) - later_a_week_ago(tx, "view"),
                          .compared = true,
                          .spark = std::move(views)});
    add("storage", Unit::bytes, counts.lasts("storage", {"storage"}).values);
    add("p99", Unit::milliseconds, counts.quantiles("p99", {"route_time"}, nearly_all).values);
  });
  return to;
}

}  // namespace picsharz::analytics
