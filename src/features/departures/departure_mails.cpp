#include "features/departures/departure_mails.h"

#include <string>
#include <utility>
#include <vector>

#include "crypto/crypto.h"
#include "mail/texts.h"

namespace picsharz::departures {

namespace {

using mail::Part;
using mail::Texts;

mail::Mail compose(const mail::Reader& to, std::string subject, const std::vector<Part>& parts) {
  return mail::compose(to, std::move(subject), parts, crypto::hex(crypto::random_bytes(16)));
}

Part greeting(const Texts& say, const mail::Reader& to) {
  return {.content = say("greeting", {{"name", to.name}})};
}

Part new_password(const Texts& say, const mail::Context& context) {
  return {Part::Kind::link, context.base_url + "/forgot", say("button.new_password")};
}

// How long it can be taken back, and what comes then.
void add_grace(std::vector<Part>& parts, const Texts& say, const mail::Context& context, By by,
               Micros erase_at) {
  parts.push_back({.content = say("left.until", {{"date", say.date(erase_at)}})});
  parts.push_back({Part::Kind::link, context.base_url + "/login", say("left.button")});
  parts.push_back({.content = say("left.after")});
  if (by != By::owner) return;
  parts.push_back({.content = say("left.not_you")});
  parts.push_back(new_password(say, context));
}

}  // namespace

mail::Mail left_mail(const mail::Context& context, const mail::Reader& to, std::string_view handle,
                     By by, Micros erase_at, Micros now) {
  const Texts say(to.language);
  std::vector<Part> parts{greeting(say, to),
                          {.content = say(by == By::owner ? "left.by_owner" : "left.by_staff",
                                          {{"handle", handle}, {"instance", context.instance}})},
                          {.content = say("left.unseen")}};
  if (erase_at > now) {
    add_grace(parts, say, context, by, erase_at);
  } else {
    parts.push_back({.content = say("left.now")});
  }
  return compose(to, say("left.subject", {{"instance", context.instance}}), parts);
}

mail::Mail taken_back_mail(const mail::Context& context, const mail::Reader& to,
                           std::string_view handle) {
  const Texts say(to.language);
  return compose(to, say("back.subject", {{"instance", context.instance}}),
                 {greeting(say, to),
                  {.content = say("back.what", {{"handle", handle}})},
                  {.content = say("back.not_you")},
                  new_password(say, context)});
}

}  // namespace picsharz::departures
