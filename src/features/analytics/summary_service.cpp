#include "features/analytics/summary_service.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/analytics/ledger_rules.h"
#include "features/analytics/range_rules.h"

namespace picsharz::analytics {

namespace {

// Everything that one look at the rows gives.
struct Summary {
  std::vector<ClassCount> classes{};
  std::vector<DayCount> members{};
  std::vector<DayCount> photos{};
  std::map<Micros, std::vector<ViewedPerson>> people{};
  Micros decided_from = 0;
  std::vector<DecisionCount> decisions{};
  std::vector<DayDelays> delays{};
};

void append(std::vector<ClassCount>& all, std::vector<ClassCount> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// A camera is one, however its maker's files spell it.
std::vector<ClassCount> by_name(const std::vector<CameraCount>& cameras) {
  std::map<std::string, std::int64_t> counts;
  for (const CameraCount& each : cameras) {
    const std::string name = camera_name(each.make, each.model);
    if (!name.empty()) counts[name] += each.count;
  }
  std::vector<ClassCount> named;
  named.reserve(counts.size());
  for (const auto& [name, count] : counts) named.push_back({"camera", name, count});
  return named;
}

// Of how many came on each day, how many there were at the end of each.
std::vector<DayCount> added_up(std::vector<DayCount> came) {
  std::int64_t sum = 0;
  for (DayCount& each : came) each.count = sum += each.count;
  return came;
}

// The first time, the days before are told by the rows that are still there.
Summary count(db::Tx& tx, SummaryStore& store, std::optional<Micros> last, Micros now) {
  Summary summary;
  append(summary.classes, store.countries(tx));
  append(summary.classes, store.formats(tx));
  append(summary.classes, by_name(store.cameras(tx)));
  append(summary.classes, store.lenses(tx));
  if (!last) {
    summary.members = added_up(store.members_by_day(tx));
    summary.photos = added_up(store.photos_by_day(tx));
  }
  const Micros today = day_of(now);
  summary.members.push_back({today, store.members(tx)});
  summary.photos.push_back({today, store.photos(tx)});
  // Views of the last hour of a day may be written after it.
  const Micros oldest = today - SummaryService::people_kept;
  const Micros known = last ? day_of(*last - hour) : store.first_views(tx).value_or(today);
  const Micros from = std::max(oldest, known);
  for (Micros at = from; at <= today; at += day) {
    summary.people[at] = store.people(tx, at, SummaryService::people_of_a_day);
  }
  summary.decided_from = last ? SummaryService::decided_until(*last) : 0;
  const Micros decided_until = SummaryService::decided_until(now);
  summary.decisions = store.decided(tx, summary.decided_from, decided_until);
  summary.delays = store.waited(tx, summary.decided_from, decided_until);
  return summary;
}

void put(db::Tx& tx, SummaryStore& store, const Summary& summary, const SummaryMark& mark) {
  store.set_mark(tx, mark);
  store.replace_classes(tx, summary.classes);
  store.put_days(tx, "members", summary.members);
  store.put_days(tx, "photos", summary.photos);
  for (const auto& [at, people] : summary.people) store.replace_people(tx, at, people);
  store.replace_decisions(tx, summary.decided_from, summary.decisions);
  store.replace_delays(tx, summary.decided_from, summary.delays);
  store.forget_people(tx, day_of(mark.at) - SummaryService::people_kept);
}

}  // namespace

void SummaryService::refresh() {
  const Micros now = clock_.now();
  const Micros started = clock_.steady();
  use_.count();
  const Summary summary = database_.read([&](db::Tx& tx) {
    const auto mark = store_.mark(tx);
    return count(tx, store_, mark ? std::optional(mark->at) : std::nullopt, now);
  });
  const SummaryMark mark{.at = now, .took = clock_.steady() - started};
  database_.write([&](db::Tx& tx) { put(tx, store_, summary, mark); });
}

void SummaryService::refresh_if_due() {
  const auto mark = database_.read([&](db::Tx& tx) { return store_.mark(tx); });
  if (!mark || due(*mark)) refresh();
}

Micros SummaryService::decided_until(Micros summary) { return day_of(summary - hour); }

Micros SummaryService::fresh() {
  auto mark = database_.read([&](db::Tx& tx) { return store_.mark(tx); });
  if (!mark || (mark->took <= at_once && due(*mark))) {
    refresh();
    mark = database_.read([&](db::Tx& tx) { return store_.mark(tx); });
  }
  return mark->at;
}

}  // namespace picsharz::analytics
