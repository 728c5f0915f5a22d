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
enum class PasswordChange { by_link, in_settings };
mail::Mail password_changed_mail(const MailContext& context, std::string_view to,
                                 std::string_view name, PasswordChange how);

// To the new address: the code, or that the address has an account already.
mail::Mail new_address_mail(const MailContext& context, std::string_view to, std::string_view name,
                            std::string_view code);
mail::Mail new_address_taken_mail(const MailContext& context, std::string_view to);
// To the old one: the link that allows it, or stops it.
mail::Mail old_address_mail(const MailContext& context, std::string_view to, std::string_view name,
                            std::string_view new_email, std::string_view token);
// To both, when it is done.
mail::Mail email_changed_mail(const MailContext& context, std::string_view to,
                              std::string_view name, std::string_view new_email);

}  // namespace picsharz::accounts
