#include "features/accounts/account_mails.h"

#include <utility>
#include <vector>

#include "crypto/crypto.h"
#include "mail/texts.h"

namespace picsharz::accounts {

namespace {

using mail::Part;
using mail::Texts;

mail::Mail compose(const Reader& to, std::string subject, const std::vector<Part>& parts) {
  return mail::compose(to, std::move(subject), parts, crypto::hex(crypto::random_bytes(16)));
}

std::string grouped(std::string_view code) {
  return std::string(code.substr(0, 4)) + "-" + std::string(code.substr(4));
}

Part greeting(const Texts& say, const Reader& to) {
  return {.content = say("greeting", {{"name", to.name}})};
}

Part log_in(const Texts& say, const MailContext& context) {
  return {Part::Kind::link, context.base_url + "/login", say("button.log_in")};
}

Part new_password(const Texts& say, const MailContext& context) {
  return {Part::Kind::link, context.base_url + "/forgot", say("button.new_password")};
}

std::string subject(const Texts& say, std::string_view key, const MailContext& context) {
  return say(key, {{"instance", context.instance}});
}

std::string code_subject(const Texts& say, const MailContext& context, std::string_view code) {
  return say("code.subject", {{"instance", context.instance}, {"code", grouped(code)}});
}

}  // namespace

Reader reader_of(const Account& account) {
  return {.email = account.email, .name = account.name, .language = account.language};
}

mail::Mail code_mail(const MailContext& context, const Reader& to, std::string_view code) {
  const Texts say(to.language);
  return compose(to, code_subject(say, context, code),
                 {greeting(say, to),
                  {.content = say("code.what")},
                  {Part::Kind::code, grouped(code)},
                  {.content = say("code.how_long")},
                  {.content = say("code.not_you")}});
}

mail::Mail address_taken_mail(const MailContext& context, const Reader& to) {
  const Texts say(to.language);
  return compose(to, subject(say, "taken.subject", context),
                 {{.content = say("taken.signed_up")},
                  log_in(say, context),
                  new_password(say, context),
                  {.content = say("taken.not_you")}});
}

mail::Mail reset_mail(const MailContext& context, const Reader& to, std::string_view token) {
  const Texts say(to.language);
  return compose(to, subject(say, "reset.subject", context),
                 {greeting(say, to),
                  {.content = say("reset.what")},
                  {Part::Kind::link, context.base_url + "/reset#token=" + std::string(token),
                   say("button.new_password")},
                  {.content = say("reset.not_you")}});
}

mail::Mail password_changed_mail(const MailContext& context, const Reader& to, PasswordChange how) {
  const Texts say(to.language);
  const bool by_link = how == PasswordChange::by_link;
  return compose(to, subject(say, "changed.subject", context),
                 {greeting(say, to),
                  {.content = say(by_link ? "changed.by_link" : "changed.in_settings")},
                  {.content = say("changed.not_you")},
                  new_password(say, context)});
}

mail::Mail new_address_mail(const MailContext& context, const Reader& to, std::string_view code) {
  const Texts say(to.language);
  return compose(to, code_subject(say, context, code),
                 {greeting(say, to),
                  {.content = say("address.what")},
                  {Part::Kind::code, grouped(code)},
                  {.content = say("address.how_long")},
                  {.content = say("address.not_you")}});
}

mail::Mail new_address_taken_mail(const MailContext& context, const Reader& to) {
  const Texts say(to.language);
  return compose(
      to, subject(say, "taken.subject", context),
      {{.content = say("taken.changed")}, log_in(say, context), {.content = say("taken.not_you")}});
}

mail::Mail old_address_mail(const MailContext& context, const Reader& to,
                            std::string_view new_email, std::string_view token) {
  const Texts say(to.language);
  return compose(to, subject(say, "address.old.subject", context),
                 {greeting(say, to),
                  {.content = say("address.old.what", {{"address", new_email}})},
                  {.content = say("address.old.how_long")},
                  {Part::Kind::link, context.base_url + "/email#token=" + std::string(token),
                   say("address.old.button")},
                  {.content = say("address.old.not_you")}});
}

mail::Mail email_changed_mail(const MailContext& context, const Reader& to,
                              std::string_view new_email) {
  const Texts say(to.language);
  return compose(
      to, subject(say, "address.done.subject", context),
      {greeting(say, to), {.content = say("address.done.what", {{"address", new_email}})}});
}

}  // namespace picsharz::accounts
