// While the server is down, who tries: one mail after each pause, which doubles; others wait.
//
// What:      a hanging server costs one thread one time-out a pause, not one a mail.
// Threads:   thread-safe.
#pragma once

#include <mutex>
#include <string>

#include "base/clock.h"

namespace picsharz::mail {

class Pause {
 public:
  explicit Pause(const Clock& clock) : clock_(clock) {}

  // False: the server did not answer lately; somebody else will try, or you later.
  bool may_try();
  void server_answered();
  void server_down(std::string reason);
  std::string reason() const;  // why it was down last; "" while it is not

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::string reason_;
  Micros length_ = 0;  // 0: the server answers
  Micros until_ = 0;   // steady
};

}  // namespace picsharz::mail
