#include "features/backups/retention_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace picsharz::backups {

namespace {

constexpr Micros clocks_differ = hour;
constexpr Micros thursday = 3 * day;  // the first day of 1970, counted from a Monday
constexpr std::size_t month_digits = 6;

Micros week_of(Micros time) { return (time + thursday) / (7 * day); }
std::string month_of(Micros time) { return id_of(time).substr(0, month_digits); }

// The newest of each period is kept, if it is one of the last ones.
template <class Period>
void keep_newest(const std::vector<Kept>& newest_first, Period period, Micros oldest,
                 std::set<std::string>& keep) {
  std::set<Micros> seen;
  for (const Kept& each : newest_first) {
    const Micros its = period(each.at);
    if (its >= oldest && seen.insert(its).second) keep.insert(each.id);
  }
}

// Of each month the newest good one stays, or the newest at all where none is good: it may still
// tell something of its month, and nothing else does.
void remove_archives(const std::vector<Kept>& backups, Micros now, std::vector<std::string>& gone) {
  std::vector<Kept> archives;
  std::ranges::copy_if(backups, std::back_inserter(archives), [](const Kept& each) {
    return each.kind == Kind::archive && each.readable;
  });
  std::ranges::sort(archives, std::ranges::greater(),
                    [](const Kept& each) { return std::pair(each.good, each.at); });
  std::map<std::string, Micros> stays;  // of a month, and when it was made
  for (const Kept& each : archives) {
    const auto [better, first] = stays.try_emplace(month_of(each.at), each.at);
    if (first) continue;
    // One that is not good is looked at first, as a full one is.
    const bool replaced = better->second > each.at && now - better->second > day;
    if (each.good || replaced || now - each.at > full_lifetime) gone.push_back(each.id);
  }
}

}  // namespace

bool is_ahead(Micros time, Micros now) { return time > now + clocks_differ; }

std::vector<std::string> to_remove(const std::vector<Kept>& backups, const Retention& retention,
                                   Micros now) {
  std::vector<Kept> good;
  std::ranges::copy_if(backups, std::back_inserter(good),
                       [](const Kept& each) { return each.good && each.kind == Kind::full; });
  std::ranges::sort(good, std::ranges::greater(), &Kept::at);
  std::set<std::string> keep;
  const auto day_of = [](Micros time) { return time / day; };
  keep_newest(good, day_of, day_of(now) - retention.days + 1, keep);
  keep_newest(good, week_of, week_of(now) - retention.weeks + 1, keep);
  for (const Kept& each : good) {
    if (now - each.at < day) keep.insert(each.id);
    if (now - each.at > full_lifetime) keep.erase(each.id);
  }
  if (!good.empty()) keep.insert(good.front().id);
  const auto last =
      std::ranges::find_if_not(good, [&](const Kept& each) { return is_ahead(each.at, now); });
  if (last != good.end()) keep.insert(last->id);
  // What is not good: not yet, or not at all.
  const auto newer = [&](const Kept& bad) {
    return last != good.end() && last->at > bad.at && now - last->at > day;
  };
  std::vector<std::string> gone;
  for (const Kept& each : backups) {
    if (each.kind == Kind::archive || !each.readable) continue;
    const bool stays =
        each.good ? keep.contains(each.id) : !newer(each) && now - each.at <= full_lifetime;
    if (!stays) gone.push_back(each.id);
  }
  remove_archives(backups, now, gone);
  return gone;
}

bool archive_due(const std::vector<Kept>& backups, Micros now) {
  return std::ranges::none_of(backups, [&](const Kept& each) {
    return each.kind == Kind::archive && each.good && month_of(each.at) == month_of(now);
  });
}

}  // namespace picsharz::backups
