#include "mail/delivery.h"

#include <algorithm>

#include "base/log.h"
#include "mail/mail_limits.h"
#include "mail/outbox.h"

namespace picsharz::mail {

Delivery::Delivery(db::Database& database, jobs::Queue& queue, Mailer& mailer, BounceLog& bounces,
                   const Clock& clock, PictureSource* pictures)
    : database_(database),
      queue_(queue),
      mailer_(mailer),
      bounces_(bounces),
      clock_(clock),
      pictures_(pictures),
      pause_(clock) {}

Result<jobs::Finished> Delivery::deliver(const jobs::Job& job) {
  TRY_ASSIGN(Mail mail, posted_mail(job));
  if (was_sent(mail)) return jobs::Finished::no;
  if (withheld(mail)) {
    ++withheld_;
    return jobs::Finished::no;
  }
  try {
    send(mail, job);
  } catch (const MailRefused& refusal) {
    give_up(job, mail, refusal.address() ? BounceCause::address : BounceCause::mail,
            refusal.what());
  } catch (const MailError& failure) {
    if (clock_.now() - job.created_at < limits::given_up_after) throw;
    give_up(job, mail, BounceCause::time, failure.what());
  }
  return jobs::Finished::yes;
}

void Delivery::send(Mail& mail, const jobs::Job& job) {
  if (!pause_.may_try()) throw MailError("waits for the mail server: " + pause_.reason());
  if (pictures_ != nullptr) {
    for (Picture& each : mail.pictures) pictures_->fill(each);
  }
  try {
    mailer_.send(mail);
  } catch (const MailServerDown& failure) {
    ++deferred_;
    pause_.server_down(failure.what());
    throw;
  } catch (const MailError&) {
    ++deferred_;
    pause_.server_answered();
    throw;
  } catch (const MailRefused&) {
    pause_.server_answered();
    throw;
  }
  pause_.server_answered();
  ++sent_;
  remember(mail);
  finish(job, mail);
}

void Delivery::finish(const jobs::Job& job, const Mail& mail) {
  const bool held = database_.write([&](db::Tx& tx) {
    bounces_.taken(tx, mail.to);
    return queue_.finish(tx, job);
  });
  if (!held) log_warning("mail was sent after its lease", {{"job", job.id.value}});
}

void Delivery::give_up(const jobs::Job& job, const Mail& mail, BounceCause cause,
                       std::string_view reason) {
  const bool held = database_.write([&](db::Tx& tx) {
    if (!queue_.finish(tx, job)) return false;
    bounces_.record(tx, mail, cause, reason);
    return true;
  });
  if (!held) return;
  ++bounced_;
  log_warning("mail bounced", {{"job", job.id.value}, {"cause", cause_name(cause)}});
}

// What nobody asked for is not sent to who takes nothing: a server that sends on regardless is
// soon taken for one that sends spam.
bool Delivery::withheld(const Mail& mail) {
  if (mail.unsubscribe.empty()) return false;
  return database_.read([&](db::Tx& tx) { return bounces_.is_refusing(tx, mail.to); });
}

bool Delivery::was_sent(const Mail& mail) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(done_, mail.message_id) != done_.end();
}

void Delivery::remember(const Mail& mail) {
  const std::lock_guard lock(mutex_);
  done_.push_back(mail.message_id);
  if (done_.size() > limits::remembered) done_.pop_front();
}

DeliveryStats Delivery::stats() const {
  return {.sent = sent_, .deferred = deferred_, .bounced = bounced_, .withheld = withheld_};
}

}  // namespace picsharz::mail
