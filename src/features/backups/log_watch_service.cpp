#include "features/backups/log_watch_service.h"

#include <algorithm>
#include <exception>

#include "base/log.h"

namespace picsharz::backups {

namespace {

constexpr Micros told_again = minute;  // where that failed

}  // namespace

LogWatch::LogWatch(const Clock& clock, std::optional<Micros> shipped_at)
    : clock_(clock),
      shipped_at_(std::min(clock.now(), shipped_at.value_or(clock.now()))),
      well_at_(clock.steady()) {}

void LogWatch::note(Micros shipped_at) {
  if (shipped_at == 0 || shipped_at == round_at_) return;
  shipped_at_ = round_at_ = shipped_at;
  well_at_ = clock_.steady();
  late_since_ = 0;
  told_ = false;
}

void LogWatch::tell_if_late(const std::function<std::optional<Micros>()>& by_anybody,
                            const std::function<void(Micros since)>& tell) {
  const Micros now = clock_.steady();
  if (now - well_at_ < log_late) return;
  const auto shipped = by_anybody();
  if (shipped && clock_.now() - *shipped < log_late) {
    well_at_ = now;
    late_since_ = 0;
    told_ = false;
    return;
  }
  well_at_ = now - log_late + told_again;  // when it is looked at again
  if (told_) return;
  late_since_ = shipped_at_.load();
  try {
    tell(late_since_);
    told_ = true;
  } catch (const std::exception& failure) {
    log_error("nobody was told that the log is late", {{"why", failure.what()}});
  }
}

std::optional<Micros> LogWatch::late_since() const {
  const Micros since = late_since_;
  return since == 0 ? std::nullopt : std::optional(since);
}

}  // namespace picsharz::backups
