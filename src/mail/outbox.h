// The outbox: a mail is a job row of the transaction that causes it, sent afterwards.
//
// What:      post() inside a transaction; Delivery sends it, with retries and back-off. Nothing
//            else waits for mail. Where too many mails wait, one that can be switched off is
//            dropped.
// Threads:   any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "jobs/queue.h"
#include "mail/mail_limits.h"
#include "mail/mailer.h"

namespace picsharz::mail {

class Outbox {
 public:
  // `bound`: of mails that wait.
  explicit Outbox(jobs::Queue& queue, int bound = limits::waiting_max)
      : queue_(queue), bound_(bound) {}
  void post(db::Tx& tx, const Mail& mail);
  std::int64_t dropped() const { return dropped_; }

 private:
  bool full(db::Tx& tx);

  jobs::Queue& queue_;
  const int bound_;
  std::atomic<std::int64_t> posted_{0};
  std::atomic<std::int64_t> dropped_{0};
  std::atomic<bool> full_{false};
};

inline constexpr const char* send_job = "mail.send";
// The mail that a job of this kind carries.
Result<Mail> posted_mail(const jobs::Job& job);

}  // namespace picsharz::mail
