// What is made of the rows of use, and when they go.
//
// What:      count() makes numbers of who was here (active members, retention) for every day and
//            week that is not over or has not been counted since it was; measure() notes what is
//            stored; how much backups are says who looks after them. prune() removes what is older
//            than usage_limits.h keeps it, after counting, a day's rows at a time.
// Cost:      with 40,000 members of whom 10,000 come every day count() reads for 150 ms, of which
//            active members are 110; measure() for 250 ms with 360,000 photos.
// Threads:   thread-safe; upkeep runs each once among all processes, dashboards count as well.
// Failures:  those of the database. Everything may be repeated.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"
#include "features/usage/usage.h"
#include "features/usage/usage_store.h"

namespace picsharz::usage {

class UsageUpkeepService {
 public:
  UsageUpkeepService(db::Database& database, const Clock& clock)
      : database_(database), clock_(clock) {}

  void count();
  void measure(std::int64_t backup_bytes);
  void prune();
  // Words that were looked for and may name somebody who is being erased; how many. They are in no
  // row of theirs, so any of handle and name will do, and handles of before. A name of before is
  // written nowhere: its words stay as long as others do.
  int forget_words_of(AccountId account);

 private:
  std::vector<ActiveCount> days_since(Micros since, Micros now);
  std::vector<RetentionWeek> weeks_since(Micros since, Micros now);
  void prune_hours(Micros until);
  void prune_words(Micros until);

  db::Database& database_;
  const Clock& clock_;
  UsageStore rows_;
};

}  // namespace picsharz::usage
