// What accounts write to people. Text and HTML of one mail say the same.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "mail/mailer.h"

namespace picsharz::accounts {

struct MailContext {
  std::string instance;  // the name of this community
  std::string base_url;  // where links lead; the configured one, never a request's Host
};

mail::Mail code_mail(const MailContext& context, std::string_view to, std::string_view name,
                     std::string_view code);
mail::Mail address_taken_mail(const MailContext& context, std::string_view to);
mail::Mail reset_mail(const MailContext& context, std::string_view to, std::string_view name,
                      std::string_view token);
mail::Mail password_changed_mail(const MailContext& context, std::string_view to,
                                 std::string_view name);

}  // namespace picsharz::accounts
