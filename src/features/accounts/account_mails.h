// What accounts write to people. Text and HTML of one mail say the same, in the reader's language.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "features/accounts/account.h"
#include "mail/letter.h"

namespace picsharz::accounts {

using MailContext = mail::Context;
using mail::Reader;

Reader reader_of(const Account& account);

mail::Mail code_mail(const MailContext& context, const Reader& to, std::string_view code);
mail::Mail address_taken_mail(const MailContext& context, const Reader& to);
mail::Mail reset_mail(const MailContext& context, const Reader& to, std::string_view token);
enum class PasswordChange { by_link, in_settings };
mail::Mail password_changed_mail(const MailContext& context, const Reader& to, PasswordChange how);

// To the new address: the code, or that the address has an account already.
mail::Mail new_address_mail(const MailContext& context, const Reader& to, std::string_view code);
mail::Mail new_address_taken_mail(const MailContext& context, const Reader& to);
// To the old one: the link that allows it, or stops it.
mail::Mail old_address_mail(const MailContext& context, const Reader& to,
                            std::string_view new_email, std::string_view token);
// To both, when it is done.
mail::Mail email_changed_mail(const MailContext& context, const Reader& to,
                              std::string_view new_email);

}  // namespace picsharz::accounts
