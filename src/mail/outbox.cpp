#include "mail/outbox.h"

#include "base/json.h"

namespace picsharz::mail {

namespace {

constexpr int attempts = 20;  // with the longest back-off: about an hour and a half
constexpr std::size_t longest = 100'000;

}  // namespace

void Outbox::post(db::Tx& tx, const Mail& mail) {
  std::string payload;
  JsonWriter(payload)
      .begin_object()
      .field("to", mail.to)
      .field("subject", mail.subject)
      .field("text", mail.text)
      .field("html", mail.html)
      .field("message_id", mail.message_id)
      .field("unsubscribe", mail.unsubscribe)
      .end_object();
  queue_.enqueue(
      tx, {.kind = send_job, .payload = payload, .lane = jobs::Lane::mail, .attempts = attempts});
}

jobs::JobHandler send_handler(Mailer& mailer) {
  return [&mailer](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
    // One that waits since before there was such a field has none.
    const auto unsubscribe = payload.optional_text("unsubscribe", longest);
    const Mail mail{.to = payload.text("to", 1, longest),
                    .subject = payload.text("subject", 1, longest),
                    .text = payload.text("text", 0, longest),
                    .html = payload.text("html", 0, longest),
                    .message_id = payload.text("message_id", 1, longest),
                    .unsubscribe = unsubscribe.value_or("")};
    TRY(payload.finish());
    mailer.send(mail);
    return jobs::Finished::no;
  };
}

}  // namespace picsharz::mail
