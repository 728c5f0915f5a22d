#include "features/accounts/account_mails.h"

#include <utility>
#include <vector>

#include "crypto/crypto.h"

namespace picsharz::accounts {

namespace {

using mail::Part;

mail::Mail compose(std::string_view to, std::string subject, const std::vector<Part>& parts) {
  return mail::compose(to, std::move(subject), parts, crypto::hex(crypto::random_bytes(16)));
}

std::string greeting(std::string_view name) { return "Hello " + std::string(name) + ","; }

std::string grouped(std::string_view code) {
  return std::string(code.substr(0, 4)) + "-" + std::string(code.substr(4));
}

}  // namespace

mail::Mail code_mail(const MailContext& context, std::string_view to, std::string_view name,
                     std::string_view code) {
  return compose(to, "Your code for " + context.instance + ": " + grouped(code),
                 {{.content = greeting(name)},
                  {.content = "this code proves that the address is yours:"},
                  {Part::Kind::code, grouped(code)},
                  {.content = "It works for 10 minutes, in the browser in which you signed up."},
                  {.content = "If you did not sign up, ignore this mail: nothing will happen."}});
}

mail::Mail address_taken_mail(const MailContext& context, std::string_view to) {
  return compose(
      to, "You already have an account at " + context.instance,
      {{.content = "Somebody, perhaps you, signed up with this address. It already has an account "
                   "here, so no second one was made."},
       {Part::Kind::link, context.base_url + "/login", "Log in"},
       {Part::Kind::link, context.base_url + "/forgot", "Choose a new password"},
       {.content = "If it was not you, ignore this mail: nothing will happen."}});
}

mail::Mail reset_mail(const MailContext& context, std::string_view to, std::string_view name,
                      std::string_view token) {
  return compose(
      to, "Choose a new password for " + context.instance,
      {{.content = greeting(name)},
       {.content = "with this link you choose a new password. It works once, for 30 minutes."},
       {Part::Kind::link, context.base_url + "/reset#token=" + std::string(token),
        "Choose a new password"},
       {.content = "If you did not ask for it, ignore this mail: your password stays as it is."}});
}

mail::Mail password_changed_mail(const MailContext& context, std::string_view to,
                                 std::string_view name, PasswordChange how) {
  const bool by_link = how == PasswordChange::by_link;
  return compose(
      to, "Your password at " + context.instance + " was changed",
      {{.content = greeting(name)},
       {.content = by_link ? "your password was changed, and every device was logged out. Programs "
                             "that had a token of yours need a new one."
                           : "your password was changed, and every other device was logged out."},
       {.content = "If it was not you, choose a new one at once:"},
       {Part::Kind::link, context.base_url + "/forgot", "Choose a new password"}});
}

mail::Mail new_address_mail(const MailContext& context, std::string_view to, std::string_view name,
                            std::string_view code) {
  return compose(
      to, "Your code for " + context.instance + ": " + grouped(code),
      {{.content = greeting(name)},
       {.content = "this code makes this address the one of your account:"},
       {Part::Kind::code, grouped(code)},
       {.content = "It works for 10 minutes, in the browser in which you asked for it. "
                   "Your old address has to agree too: a link went there."},
       {.content = "If you did not ask for it, ignore this mail: nothing will happen."}});
}

mail::Mail new_address_taken_mail(const MailContext& context, std::string_view to) {
  return compose(
      to, "You already have an account at " + context.instance,
      {{.content = "Somebody, perhaps you, wanted to use this address for another account. It "
                   "already has one here, so nothing was changed."},
       {Part::Kind::link, context.base_url + "/login", "Log in"},
       {.content = "If it was not you, ignore this mail: nothing will happen."}});
}

mail::Mail old_address_mail(const MailContext& context, std::string_view to, std::string_view name,
                            std::string_view new_email, std::string_view token) {
  return compose(
      to, "Change your address at " + context.instance + "?",
      {{.content = greeting(name)},
       {.content = "somebody who knows your password, most likely you, wants your account to have "
                   "the address " +
                   std::string(new_email) + " instead of this one."},
       {.content = "With this link you agree, or stop it. It works for 30 minutes; without your "
                   "yes, nothing changes."},
       {Part::Kind::link, context.base_url + "/email#token=" + std::string(token),
        "Agree, or stop it"},
       {.content = "If it was not you, stop it, and choose a new password."}});
}

mail::Mail email_changed_mail(const MailContext& context, std::string_view to,
                              std::string_view name, std::string_view new_email) {
  return compose(to, "Your address at " + context.instance + " was changed",
                 {{.content = greeting(name)},
                  {.content = "the address of your account is " + std::string(new_email) +
                              " now. Mails go there, and you log in with it."}});
}

}  // namespace picsharz::accounts
