// The dashboards of how it runs: moderation and the system.
#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>

#include "features/analytics/area_service.h"
#include "features/analytics/range_rules.h"

namespace picsharz::analytics {

namespace {

constexpr int decisions_shown = 50;
constexpr double median = 0.5;
constexpr double most = 0.9;

// The classes of requests, in the order in which they are drawn.
constexpr std::array<std::string_view, 9> route_classes = {
    "feed", "photo", "search", "upload", "media", "account", "admin", "page", "other"};

std::vector<Series> by_label(const Ledger& counts, std::string_view kind, Of of, double unit) {
  std::vector<Series> series;
  for (const std::string& label : counts.labels(kind)) {
    series.push_back(counts.sums(label, {kind, label}, of, unit));
  }
  return series;
}

}  // namespace

Dashboard AreaService::moderation(const Range& range) {
  Dashboard to = begin(range);
  database_.read([&](db::Tx& tx) {
    const Counts used = count(tx, range, {"moderation"});
    const Ledger& counts = used.parts;
    for (const auto& [id, label] :
         {std::pair("held", "held"), std::pair("removed", "removed"),
          std::pair("reports", "reported"), std::pair("overturned", "overturned")}) {
      to.figures.push_back(used.whole().total(id, {"moderation", label}));
    }
    std::vector<Series> series;
    for (const char* label :
         {"published", "held", "removed", "approved", "kept", "overturned", "suspended"}) {
      series.push_back(counts.sums(label, {"moderation", label}));
    }
    to.charts.push_back(
        {"decisions", Unit::count, Shape::stacked, counts.times(), std::move(series)});
    to.charts.push_back(delays(tx, range));
    Table table{.id = "reasons",
                .columns = {{"decision", ColumnKind::text},
                            {"reason", ColumnKind::text},
                            {"count", ColumnKind::count}}};
    for (auto& [what, times] : decisions(tx, range)) {
      table.rows.push_back({std::string(moderation::action_name(what.first)), what.second, times});
    }
    to.tables.push_back(std::move(table));
  });
  return to;
}

// The day before which everything that was decided is in the summary.
Micros AreaService::summed_until(db::Tx& tx, Micros from, Micros to) {
  const auto mark = summaries_.mark(tx);
  return mark ? std::clamp(SummaryService::decided_until(mark->at), from, to) : from;
}

// The most frequent first. Days that are over come of the summary, later ones of their rows.
std::vector<AreaService::Decided> AreaService::decisions(db::Tx& tx, const Range& range) {
  const Micros until = summed_until(tx, range.from, range.to);
  std::map<Decided::first_type, std::int64_t> sums;
  for (auto& some :
       {summaries_.decisions(tx, range.from, until), summaries_.decided(tx, until, range.to)}) {
    for (const DecisionCount& each : some) sums[{each.action, each.reason}] += each.count;
  }
  std::vector<Decided> found(sums.begin(), sums.end());
  std::ranges::stable_sort(found, std::greater(), &Decided::second);
  if (std::ssize(found) > decisions_shown) found.resize(decisions_shown);
  return found;
}

// How long cases had waited that were closed in each part: from the summary as well, but by the
// hour from the rows alone.
Chart AreaService::delays(db::Tx& tx, const Range& range) {
  using Waited = std::vector<std::vector<std::int64_t>>;  // seconds, of each part
  const std::vector<Micros> times = divide(range);
  const Micros length = range.length();
  Waited now(times.size());
  Waited before(times.size());
  const auto part_of = [&](Micros closed_at) -> std::vector<std::int64_t>& {
    const bool is_now = closed_at >= range.from;
    const Micros at = is_now ? closed_at : closed_at + length;
    const auto part = std::ranges::upper_bound(times, at) - times.begin() - 1;
    return (is_now ? now : before)[static_cast<std::size_t>(part)];
  };
  const Micros from = range.compare ? range.from - length : range.from;
  const Micros until = range.step == Step::hour ? from : summed_until(tx, from, range.to);
  for (const DayDelays& each : summaries_.delays(tx, from, until)) {
    std::vector<std::int64_t>& part = part_of(each.day);
    part.insert(part.end(), each.seconds.begin(), each.seconds.end());
  }
  rows_.each_delay(tx, until, range.to, [&](const CaseDelay& each) {
    part_of(each.closed_at).push_back(each.waited / second);
  });
  const auto quantiles = [](const Waited& waited, double q) {
    Values values;
    for (const auto& each : waited) values.push_back(quantile_of(each, q));
    return values;
  };
  Chart chart{.id = "delay", .unit = Unit::seconds, .shape = Shape::line, .times = times};
  for (const auto& [id, q] : {std::pair("median", median), std::pair("p90", most)}) {
    Series series{.id = id, .values = quantiles(now, q)};
    if (range.compare) series.before = quantiles(before, q);
    chart.series.push_back(std::move(series));
  }
  return chart;
}

Dashboard AreaService::system(const Range& range) {
  Dashboard to = begin(range);
  database_.read([&](db::Tx& tx) {
    const Counts used = count(tx, range, {"request", "request_time", "error", "gauge", "cpu"});
    const Ledger& counts = used.parts;
    const Ledger& whole = used.whole();
    const auto& times = counts.times();
    to.figures = {whole.total("requests", {"request"}), whole.total("errors", {"error"}),
                  whole.quantile("p50", {"request_time"}, median),
                  whole.quantile("p99", {"request_time"}, nearly_all)};
    std::vector<Series> requests;
    requests.reserve(route_classes.size());
    for (const std::string_view each : route_classes) {
      requests.push_back(counts.sums(std::string(each), {"request", each}));
    }
    to.charts = {
        {"requests", Unit::count, Shape::stacked, times, std::move(requests)},
        {"latency",
         Unit::milliseconds,
         Shape::line,
         times,
         {counts.quantiles("p50", {"request_time"}, median),
          counts.quantiles("p90", {"request_time"}, most),
          counts.quantiles("p99", {"request_time"}, nearly_all)}},
        {"errors",
         Unit::count,
         Shape::bars,
         times,
         {counts.sums("4xx", {"error", "4xx"}), counts.sums("5xx", {"error", "5xx"})}},
        {"queue",
         Unit::count,
         Shape::line,
         times,
         {counts.lasts("depth", {"gauge", "queue_depth"}),
          counts.lasts("age", {"gauge", "queue_age"}, second)}},
        {"cpu", Unit::seconds, Shape::stacked, times, by_label(counts, "cpu", Of::amount, second)},
        {"bytes_out",
         Unit::bytes,
         Shape::line,
         times,
         {counts.sums("bytes_out", {"request"}, Of::amount)}},
        {"memory",
         Unit::bytes,
         Shape::line,
         times,
         {counts.lasts("memory", {"gauge", "memory"}),
          counts.lasts("worker", {"gauge", "memory_worker"})}},
        {"disk", Unit::bytes, Shape::line, times, {counts.lasts("free", {"gauge", "disk_free"})}}};
    // Of the range alone, and not of each of its parts: there are many of them.
    Range days = by_day(range);
    days.compare = false;
    to.tables = {routes(ledger(tx, days, {"request", "route_time"}))};
  });
  return to;
}

Table AreaService::routes(const Ledger& ledger) {
  Table table{.id = "routes",
              .columns = {{"route", ColumnKind::text},
                          {"requests", ColumnKind::count},
                          {"bytes_out", ColumnKind::bytes},
                          {"p50", ColumnKind::milliseconds},
                          {"p99", ColumnKind::milliseconds}}};
  const auto histograms = ledger.histograms("route_time");
  const auto number = [](const Value& value) { return value ? Cell(*value) : Cell(); };
  for (const std::string_view each : route_classes) {
    const std::int64_t requests = ledger.sum({"request", each});
    if (requests == 0) continue;
    const auto found = histograms.find(each);
    const Histogram times = found == histograms.end() ? Histogram() : found->second;
    table.rows.push_back({std::string(each), requests, ledger.sum({"request", each}, Of::amount),
                          number(quantile_of(times, median)),
                          number(quantile_of(times, nearly_all))});
  }
  return table;
}

}  // namespace picsharz::analytics
