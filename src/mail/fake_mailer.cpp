#include <algorithm>
#include <utility>

#include "mail/mailer.h"

namespace picsharz::mail {

void FakeMailer::send(const Mail& mail) {
  const std::lock_guard lock(mutex_);
  if (down_) throw MailServerDown("told to be down");
  if (mail.to == refused_) throw MailRefused(MailRefused::What::address, "550 told to refuse");
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

void FakeMailer::refuse(std::string address) {
  const std::lock_guard lock(mutex_);
  refused_ = std::move(address);
}

void FakeMailer::go_down(bool down) {
  const std::lock_guard lock(mutex_);
  down_ = down;
}

std::vector<Mail> FakeMailer::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

}  // namespace picsharz::mail
