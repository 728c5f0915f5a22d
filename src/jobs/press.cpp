#include "jobs/press.h"

namespace picsharz::jobs {

namespace {

constexpr Micros shortest_count = second / 5;

}  // namespace

Press PressGauge::press(const Reading& now) {
  const std::lock_guard lock(mutex_);
  if (const Micros passed = now.at - counted_at_; passed >= shortest_count) {
    some_ = (now.requests - counted_) * second >= some_per_second * passed;
    counted_ = now.requests;
    counted_at_ = now.at;
  }
  if (now.most_awake >= 2 * cores_ || now.waiting > 0) return Press::much;
  return some_ ? Press::some : Press::none;
}

}  // namespace picsharz::jobs
