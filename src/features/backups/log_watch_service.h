// Whether SQLite's log is copied beside the backups, and when somebody has to be told that it is
// not.
//
// Threads:   late_since() and shipped_at() from any; all else from the thread that ships.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "base/clock.h"

namespace picsharz::backups {

inline constexpr Micros log_late = 10 * minute;

class LogWatch {
 public:
  // Up to when what was committed is in the target: what an earlier process has shipped; nullopt:
  // nothing, so from now on.
  LogWatch(const Clock& clock, std::optional<Micros> shipped_at);

  // A round was shipped, or the one before still is the last.
  void note(Micros shipped_at);
  // Tells where it is late, until that succeeds, and then not again before a round was shipped.
  // `by_anybody`: what the target says, for another process may ship where this one is refused.
  void tell_if_late(const std::function<std::optional<Micros>()>& by_anybody,
                    const std::function<void(Micros since)>& tell);

  Micros shipped_at() const { return shipped_at_; }
  // nullopt: it is not late.
  std::optional<Micros> late_since() const;

 private:
  const Clock& clock_;
  std::atomic<Micros> shipped_at_;
  std::atomic<Micros> late_since_{0};  // 0: it is not
  Micros well_at_;                     // by Clock::steady()
  Micros round_at_ = 0;
  bool told_ = false;
};

}  // namespace picsharz::backups
