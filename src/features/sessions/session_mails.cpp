#include "features/sessions/session_mails.h"

#include <initializer_list>
#include <utility>

#include "crypto/crypto.h"

namespace picsharz::sessions {

namespace {

using mail::Part;

mail::Mail compose(const Addressee& to, std::string subject, std::initializer_list<Part> parts) {
  return mail::compose(to.email, std::move(subject), parts, crypto::hex(crypto::random_bytes(16)));
}

// 2026-11-22 20:00
std::string minute_text(Micros time) {
  std::string text = format_time(time).substr(0, 16);
  text[10] = ' ';
  return text;
}

Part greeting(const Addressee& to) { return {.content = "Hello " + to.name + ","}; }

Part not_you(const MailContext& context) {
  return {Part::Kind::link, context.base_url + "/forgot", "It was not me: choose a new password"};
}

Part settings(const MailContext& context) {
  return {Part::Kind::link, context.base_url + "/settings/security", "See it in the settings"};
}

}  // namespace

mail::Mail new_login_mail(const MailContext& context, const Addressee& to,
                          const LogInPlace& place) {
  return compose(
      to, "New log-in to " + context.instance,
      {greeting(to),
       {.content = "somebody logged in to your account from where you had not logged in before:"},
       {.content = (place.program.empty() ? "A program" : place.program) + ", in the network " +
                   place.network + ", at " + minute_text(place.at) + " (UTC)."},
       {.content = "If it was you, all is well. If not, choose a new password, which ends every "
                   "session:"},
       not_you(context),
       settings(context)});
}

mail::Mail totp_on_mail(const MailContext& context, const Addressee& to) {
  return compose(to, "Your account at " + context.instance + " asks for a code now",
                 {greeting(to),
                  {.content = "from now on a log-in needs a code of your authenticator beside your "
                              "password. Keep the recovery codes where you find them without your "
                              "phone."},
                  not_you(context)});
}

mail::Mail totp_off_mail(const MailContext& context, const Addressee& to) {
  return compose(to, "Your account at " + context.instance + " asks for no code any more",
                 {greeting(to),
                  {.content = "the second factor was switched off: your password alone opens your "
                              "account now."},
                  not_you(context)});
}

mail::Mail recovery_codes_made_mail(const MailContext& context, const Addressee& to) {
  return compose(to, "New recovery codes at " + context.instance,
                 {greeting(to),
                  {.content = "new recovery codes were made for your account. The old ones are "
                              "worth nothing any more."},
                  not_you(context)});
}

mail::Mail recovery_code_used_mail(const MailContext& context, const Addressee& to,
                                   std::int64_t left) {
  return compose(to, "A recovery code was used at " + context.instance,
                 {greeting(to),
                  {.content = "one of your recovery codes was used. You have " +
                              std::to_string(left) + " left."},
                  not_you(context),
                  settings(context)});
}

mail::Mail wrong_codes_mail(const MailContext& context, const Addressee& to) {
  return compose(to, "Somebody knows your password at " + context.instance,
                 {greeting(to),
                  {.content = "somebody typed your password, and then several wrong codes. Your "
                              "account is still closed to them. If it was not you, choose a new "
                              "password, and change it wherever else you use it."},
                  not_you(context)});
}

mail::Mail token_made_mail(const MailContext& context, const Addressee& to, std::string_view name) {
  return compose(to, "A token for a program was made at " + context.instance,
                 {greeting(to),
                  {.content = "with the token \"" + std::string(name) +
                              "\" a program can use your account, within what you allowed it."},
                  not_you(context),
                  settings(context)});
}

}  // namespace picsharz::sessions
