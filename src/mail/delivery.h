// Takes mails out of the outbox and gives them to the Mailer.
//
// What:      the handler of "mail.send". A mail that is taken is done in the transaction that says
//            so. One that is refused for good, or that nobody took for three days, is recorded as a
//            bounce and done too; any other is tried again by the queue (back-off of at most five
//            minutes, scattered). While the server is down one mail a pause tries. A mail that can
//            be switched off is not sent to an address that refuses. The pictures of a mail are
//            read here, in the moment before it is sent.
// Once:      the queue leases a mail to one worker of all processes. A mail is sent twice only
//            where it was sent and nobody could note it: killed in between, or an answer was lost.
// Threads:   thread-safe.
// Failures:  MailError: the queue tries again.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "jobs/worker.h"
#include "mail/bounce_log.h"
#include "mail/mailer.h"
#include "mail/pause.h"

namespace picsharz::mail {

// Of this process; they only grow.
struct DeliveryStats {
  std::int64_t sent = 0;
  std::int64_t deferred = 0;  // tries that failed
  std::int64_t bounced = 0;
  std::int64_t withheld = 0;  // not sent to an address that refuses
};

class Delivery {
 public:
  Delivery(db::Database& database, jobs::Queue& queue, Mailer& mailer, BounceLog& bounces,
           const Clock& clock, PictureSource* pictures = nullptr);

  Result<jobs::Finished> deliver(const jobs::Job& job);
  jobs::JobHandler handler() {
    return [this](const jobs::Job& job) { return deliver(job); };
  }
  DeliveryStats stats() const;
  // Why the server is down, or "".
  std::string trouble() const { return pause_.reason(); }

 private:
  void send(Mail& mail, const jobs::Job& job);
  void give_up(const jobs::Job& job, const Mail& mail, BounceCause cause, std::string_view reason);
  bool withheld(const Mail& mail);
  void finish(const jobs::Job& job, const Mail& mail);
  bool was_sent(const Mail& mail) const;
  void remember(const Mail& mail);

  db::Database& database_;
  jobs::Queue& queue_;
  Mailer& mailer_;
  BounceLog& bounces_;
  const Clock& clock_;
  PictureSource* const pictures_;
  Pause pause_;
  std::atomic<std::int64_t> sent_{0};
  std::atomic<std::int64_t> deferred_{0};
  std::atomic<std::int64_t> bounced_{0};
  std::atomic<std::int64_t> withheld_{0};
  mutable std::mutex mutex_;
  std::deque<std::string> done_;  // message ids
};

}  // namespace picsharz::mail
