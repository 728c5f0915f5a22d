#include "mail/outbox.h"

#include "base/json.h"
#include "base/log.h"
#include "mail/mail_limits.h"
#include "mail/pictures.h"

namespace picsharz::mail {

namespace {

// Time ends the tries, not their number: limits::given_up_after.
constexpr int attempts = 1'000'000;
constexpr std::size_t longest = 100'000;

}  // namespace

void Outbox::post(db::Tx& tx, const Mail& mail) {
  if (!mail.unsubscribe.empty() && full(tx)) {
    ++dropped_;
    log_warning("mail dropped: too many wait");
    return;
  }
  std::string payload;
  JsonWriter(payload)
      .begin_object()
      .field("to", mail.to)
      .field("subject", mail.subject)
      .field("text", mail.text)
      .field("html", mail.html)
      .field("message_id", mail.message_id)
      .field("unsubscribe", mail.unsubscribe)
      .field("pictures", pictures_text(mail.pictures))
      .end_object();
  queue_.enqueue(
      tx, {.kind = send_job, .payload = payload, .lane = jobs::Lane::mail, .attempts = attempts});
}

// Counting costs as much as there is to count, so it is done now and then.
bool Outbox::full(db::Tx& tx) {
  if (posted_++ % limits::waiting_checked_every == 0) {
    full_ = queue_.waiting(tx, jobs::Lane::mail, bound_) >= bound_;
  }
  return full_;
}

Result<Mail> posted_mail(const jobs::Job& job) {
  TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
  // One that waits since before there were such fields has none.
  const auto unsubscribe = payload.optional_text("unsubscribe", longest);
  const auto pictures = payload.optional_text("pictures", longest);
  Mail mail{.to = payload.text("to", 1, longest),
            .subject = payload.text("subject", 1, longest),
            .text = payload.text("text", 0, longest),
            .html = payload.text("html", 0, longest),
            .message_id = payload.text("message_id", 1, longest),
            .unsubscribe = unsubscribe.value_or(""),
            .pictures = parse_pictures(pictures.value_or(""))};
  TRY(payload.finish());
  return mail;
}

}  // namespace picsharz::mail
