// What accounts write to people. Text and HTML of one mail say the same.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "mail/letter.h"

namespace picsharz::accounts {

using MailContext = mail::Context;

mail::Mail code_mail(const MailContext& context, std::string_view to, std::string_view name,
                     std::string_view code);
mail::Mail address_taken_mail(const MailContext& context, std::string_view to);
mail::Mail reset_mail(const MailContext& context, std::string_view to, std::string_view name,
                      std::string_view token);
mail::Mail password_changed_mail(const MailContext& context, std::string_view to,
                                 std::string_view name);

}  // namespace picsharz::accounts
