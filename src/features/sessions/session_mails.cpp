#include "features/sessions/session_mails.h"

#include <utility>
#include <vector>

#include "crypto/crypto.h"
#include "mail/texts.h"

namespace picsharz::sessions {

namespace {

using mail::Part;
using mail::Texts;

// What all these mails begin with, and how one says that it was somebody else.
class Letter {
 public:
  Letter(const MailContext& context, const Reader& to)
      : say(to.language), context_(context), to_(to) {
    add(say("greeting", {{"name", to.name}}));
  }
  Letter& add(std::string text) {
    parts_.push_back({.content = std::move(text)});
    return *this;
  }
  Letter& not_me() { return link("/forgot", "button.not_me"); }
  Letter& settings() { return link("/settings/security", "button.settings"); }
  mail::Mail end(std::string_view subject) const {
    return mail::compose(to_, say(subject, {{"instance", context_.instance}}), parts_,
                         crypto::hex(crypto::random_bytes(16)));
  }

  const Texts say;

 private:
  Letter& link(std::string_view path, std::string_view caption) {
    parts_.push_back({Part::Kind::link, context_.base_url + std::string(path), say(caption)});
    return *this;
  }

  const MailContext& context_;
  const Reader& to_;
  std::vector<Part> parts_;
};

// "Firefox on Linux", as its reader says it.
std::string named(const Texts& say, const Program& program) {
  if (program.browser.empty()) return say("login.program");
  if (program.system.empty()) return program.browser;
  return say("login.program.on", {{"browser", program.browser}, {"system", program.system}});
}

}  // namespace

mail::Mail new_login_mail(const MailContext& context, const Reader& to, const LogInPlace& place) {
  Letter letter(context, to);
  const Texts& say = letter.say;
  const std::string program = named(say, place.program);
  return letter.add(say("login.what"))
      .add(say("login.where",
               {{"program", program}, {"network", place.network}, {"date", say.date(place.at)}}))
      .add(say("login.not_you"))
      .not_me()
      .settings()
      .end("login.subject");
}

mail::Mail totp_on_mail(const MailContext& context, const Reader& to) {
  Letter letter(context, to);
  return letter.add(letter.say("totp.on.what")).not_me().end("totp.on.subject");
}

mail::Mail totp_off_mail(const MailContext& context, const Reader& to) {
  Letter letter(context, to);
  return letter.add(letter.say("totp.off.what")).not_me().end("totp.off.subject");
}

mail::Mail recovery_codes_made_mail(const MailContext& context, const Reader& to) {
  Letter letter(context, to);
  return letter.add(letter.say("recovery.made.what")).not_me().end("recovery.made.subject");
}

mail::Mail recovery_code_used_mail(const MailContext& context, const Reader& to,
                                   std::int64_t left) {
  Letter letter(context, to);
  return letter.add(letter.say("recovery.used.what", {{"count", left}}))
      .not_me()
      .settings()
      .end("recovery.used.subject");
}

mail::Mail wrong_codes_mail(const MailContext& context, const Reader& to) {
  Letter letter(context, to);
  return letter.add(letter.say("guessing.what")).not_me().end("guessing.subject");
}

mail::Mail token_made_mail(const MailContext& context, const Reader& to, std::string_view name) {
  Letter letter(context, to);
  return letter.add(letter.say("token.what", {{"token", name}}))
      .not_me()
      .settings()
      .end("token.subject");
}

}  // namespace picsharz::sessions
