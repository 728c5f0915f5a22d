#include "features/usage/usage_upkeep_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "features/usage/usage_rules.h"

namespace picsharz::usage {

// A process may write what it saw before midnight a little after it: what was counted within an
// hour of a day's end is counted again.
void UsageUpkeepService::count() {
  const Micros now = clock_.now();
  const auto counted =
      database_.read([&](db::Tx& tx) { return rows_.mark(tx, counted_mark); }).value_or(0);
  const Micros since = std::max(counted - hour, now - active_kept);
  const auto days = days_since(since, now);
  const auto weeks = weeks_since(since, now);
  database_.write([&](db::Tx& tx) {
    for (const ActiveCount& each : days) rows_.put_active(tx, each);
    for (const RetentionWeek& each : weeks) rows_.put_retention(tx, each);
    rows_.set_mark(tx, counted_mark, now);
  });
}

// Before anybody was here nothing is known; afterwards nobody is none.
std::vector<ActiveCount> UsageUpkeepService::days_since(Micros since, Micros now) {
  std::vector<ActiveCount> days;
  const auto first = database_.read([&](db::Tx& tx) { return rows_.first_active(tx); });
  if (!first) return days;
  for (Micros at = std::max(day_of(since), *first); at <= now; at += day) {
    days.push_back(database_.read([&](db::Tx& tx) { return rows_.count_active(tx, at); }));
  }
  return days;
}

// The first week is whole only if none of its days is gone.
std::vector<RetentionWeek> UsageUpkeepService::weeks_since(Micros since, Micros now) {
  std::vector<RetentionWeek> weeks;
  Micros monday = monday_of(since);
  if (monday < day_of(now - active_kept) + day) monday += week;
  for (; monday <= now; monday += week) {
    const Micros first = monday - retention_weeks * week;
    const auto counted =
        database_.read([&](db::Tx& tx) { return rows_.count_retention(tx, monday, first); });
    weeks.insert(weeks.end(), counted.begin(), counted.end());
  }
  return weeks;
}

void UsageUpkeepService::measure(std::int64_t backup_bytes) {
  const Micros now = clock_.now();
  const Stored stored = database_.read([&](db::Tx& tx) { return rows_.stored(tx); });
  database_.write([&](db::Tx& tx) {
    for (const Step step : {Step::hour, Step::day}) {
      const Micros at = step == Step::hour ? hour_of(now) : day_of(now);
      const auto set = [&](const char* label, std::int64_t bytes) {
        rows_.set(tx, step, {.at = at, .kind = "storage", .label = label, .amount = bytes});
      };
      set("database", stored.database);
      set("originals", stored.originals);
      set("renditions", stored.renditions);
      // Also where there are none any more: the last figure of a range is taken for what is there.
      set("backups", backup_bytes);
    }
    rows_.set_mark(tx, measured_mark, now);
  });
}

void UsageUpkeepService::prune() {
  count();
  const Micros now = clock_.now();
  prune_hours(hour_of(now - hours_kept));
  const auto prune_days = [&](auto oldest, auto remove, Micros until) {
    while (const auto at = database_.read([&](db::Tx& tx) { return (rows_.*oldest)(tx); })) {
      if (*at >= until) return;
      database_.write([&](db::Tx& tx) { (rows_.*remove)(tx, *at); });
    }
  };
  // A day is gone so long after its end at the latest, though this is done but once a day.
  const auto first_kept = [now](Micros kept) { return day_of(now - kept) + day; };
  prune_days(&UsageStore::oldest_active, &UsageStore::remove_active, first_kept(active_kept));
  prune_days(&UsageStore::oldest_views, &UsageStore::remove_views, first_kept(views_kept));
  prune_words(first_kept(words_kept));
}

void UsageUpkeepService::prune_hours(Micros until) {
  std::optional<std::string> kind = "";
  while ((kind = database_.read([&](db::Tx& tx) { return rows_.next_kind(tx, *kind); }))) {
    database_.write([&](db::Tx& tx) { rows_.remove_hours(tx, *kind, until); });
  }
}

void UsageUpkeepService::prune_words(Micros until) {
  const auto oldest = [&] {
    return database_.read([&](db::Tx& tx) { return rows_.oldest_rare_words(tx, often_searched); });
  };
  for (auto at = oldest(); at && *at < until; at = oldest()) {
    database_.write([&](db::Tx& tx) { rows_.remove_rare_words(tx, *at, often_searched); });
  }
}

int UsageUpkeepService::forget_words_of(AccountId account) {
  const auto names = database_.read([&](db::Tx& tx) { return rows_.names(tx, account); });
  if (names.empty()) return 0;
  int forgotten = 0;
  Micros at = -1;
  while (const auto next =
             database_.read([&](db::Tx& tx) { return rows_.next_words_day(tx, at); })) {
    at = *next;
    auto words = database_.read([&](db::Tx& tx) { return rows_.words_on(tx, at); });
    std::erase_if(words, [&](const std::string& each) { return !tell_of(each, names); });
    if (words.empty()) continue;
    database_.write([&](db::Tx& tx) {
      for (const std::string& each : words) rows_.remove_words(tx, at, each);
    });
    forgotten += static_cast<int>(words.size());
  }
  return forgotten;
}

}  // namespace picsharz::usage
