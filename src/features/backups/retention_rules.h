// Which backups stay.
//
// What:      of proved full backups all of the last 24 hours, the newest of each of the last days
//            and of each of the last weeks; none that is older than 35 days, but for the last good
//            one, which stays whatever happens: without it there is nothing. One whose proof failed
//            stays until a newer good one is a day old, so that somebody can look at it. Of
//            archives one a month, for ever, and one that failed only until its month has a newer
//            good one that is a day old, or until it is 35 days old and there is any other of its
//            month. What cannot be read stays: nobody knows what it is. So does what is of the
//            future, which takes nothing else away: a clock was ahead then, or is behind now.
// Weeks:     begin on Monday, days and months at midnight, UTC.
// Threads:   pure functions.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "features/backups/backup.h"

namespace picsharz::backups {

inline constexpr Micros full_lifetime = 35 * day;

struct Kept {
  std::string id;
  Kind kind = Kind::full;
  Micros at = 0;      // of its rows
  bool good = false;  // proved
  bool readable = true;
};

struct Retention {
  int days = 7;
  int weeks = 5;
};

// A time that no clock that is right can have said; what is of the next hour may be another one's.
bool is_ahead(Micros time, Micros now);

// The ids of those that go: full ones in the order given, then archives.
std::vector<std::string> to_remove(const std::vector<Kept>& backups, const Retention& retention,
                                   Micros now);
// Whether the month of `now` has no archive yet.
bool archive_due(const std::vector<Kept>& backups, Micros now);

}  // namespace picsharz::backups
