#include "base/rate_limiter.h"

#include <algorithm>

namespace picsharz {

int RateLimiter::take(std::string_view key) {
  const Micros now = clock_.steady();
  const std::lock_guard lock(mutex_);
  if (windows_.size() >= capacity_) make_room(now);
  Window& window = windows_[std::string(key)];
  if (window.until <= now) window = {now + window_, 0};
  if (window.count >= limit_) return static_cast<int>((window.until - now + second - 1) / second);
  ++window.count;
  return 0;
}

void RateLimiter::give_back(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const auto found = windows_.find(std::string(key));
  if (found != windows_.end() && found->second.count > 0) --found->second.count;
}

void RateLimiter::make_room(Micros now) {
  std::erase_if(windows_, [&](const auto& entry) { return entry.second.until <= now; });
  // Under a flood of addresses every window may be alive: then all counts start again. That is
  // kinder than a growing map, and the limit by account still holds.
  if (windows_.size() >= capacity_) windows_.clear();
}

}  // namespace picsharz
