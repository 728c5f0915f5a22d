#include <algorithm>

#include "mail/mailer.h"

namespace picsharz::mail {

void FakeMailer::send(const Mail& mail) {
  const std::lock_guard lock(mutex_);
  if (failures_ > 0) {
    --failures_;
    throw MailError("told to fail");
  }
  const bool again = std::ranges::any_of(
      sent_, [&](const Mail& other) { return other.message_id == mail.message_id; });
  if (!again) sent_.push_back(mail);
}

void FakeMailer::fail_next(int times) {
  const std::lock_guard lock(mutex_);
  failures_ = times;
}

std::vector<Mail> FakeMailer::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

}  // namespace picsharz::mail
