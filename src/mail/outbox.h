// The outbox: a mail is a job row of the transaction that causes it, sent afterwards.
//
// What:      post() inside a transaction; the handler of "mail.send" gives it to the Mailer, with
//            retries and back-off. Nothing else waits for mail.
// Threads:   any thread.
#pragma once

#include "jobs/worker.h"
#include "mail/mailer.h"

namespace picsharz::mail {

class Outbox {
 public:
  explicit Outbox(jobs::Queue& queue) : queue_(queue) {}
  void post(db::Tx& tx, const Mail& mail);

 private:
  jobs::Queue& queue_;
};

inline constexpr const char* send_job = "mail.send";
jobs::JobHandler send_handler(Mailer& mailer);

}  // namespace picsharz::mail
