#include "mail/pause.h"

#include <algorithm>
#include <utility>

#include "mail/mail_limits.h"

namespace picsharz::mail {

bool Pause::may_try() {
  const std::lock_guard lock(mutex_);
  if (length_ == 0) return true;
  const Micros now = clock_.steady();
  if (now < until_) return false;
  // The caller tries; until it is back the others go on waiting.
  until_ = now + limits::pause_max;
  return true;
}

void Pause::server_answered() {
  const std::lock_guard lock(mutex_);
  length_ = 0;
  reason_.clear();
}

void Pause::server_down(std::string reason) {
  const std::lock_guard lock(mutex_);
  length_ = length_ == 0 ? limits::pause_min : std::min(2 * length_, limits::pause_max);
  until_ = clock_.steady() + length_;
  reason_ = std::move(reason);
}

std::string Pause::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

}  // namespace picsharz::mail
