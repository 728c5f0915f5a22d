// Counts what dashboards show of all rows before anybody asks: members by country, photos by
// format, camera and lens, how many there were at the end of each day, who was here (usage counts
// that), whose photos were looked at most, what was decided and how long it had waited.
//
// Freshness: counting reads every photo, so it is done again only when its last duration is half a
//            percent of what passed since: within seconds in a small community, every few minutes
//            in a large one. Where it takes no longer than `at_once`, whoever asks has it done.
// Threads:   thread-safe; two who count at once do the same twice.
// Failures:  those of the database are thrown.
#pragma once

#include "base/clock.h"
#include "db/database.h"
#include "features/analytics/summary_store.h"
#include "features/usage/usage_upkeep_service.h"

namespace picsharz::analytics {

class SummaryService {
 public:
  static constexpr Micros at_once = 20'000;
  static constexpr int rest = 200;  // times what it took
  static constexpr int people_of_a_day = 200;
  static constexpr Micros people_kept = 100 * day;  // as photo_views are

  SummaryService(db::Database& database, const Clock& clock)
      : database_(database), clock_(clock), use_(database, clock) {}

  // For the schedule.
  void refresh_if_due();
  void refresh();
  // The first day of which no decision is in a summary that was made then: what was decided just
  // before midnight is taken back after it.
  static Micros decided_until(Micros summary);
  // For whoever asks: when it was counted, after counting it where that is due and quick, or was
  // never done.
  Micros fresh();

 private:
  bool due(const SummaryMark& mark) const { return clock_.now() - mark.at >= rest * mark.took; }

  db::Database& database_;
  const Clock& clock_;
  usage::UsageUpkeepService use_;
  SummaryStore store_;
};

}  // namespace picsharz::analytics
