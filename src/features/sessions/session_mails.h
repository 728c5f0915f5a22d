// What sessions write to people: a new log-in, the second factor, tokens.
//
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "features/sessions/session_rules.h"
#include "mail/letter.h"

namespace picsharz::sessions {

using MailContext = mail::Context;
using mail::Reader;

struct LogInPlace {
  Program program;
  std::string network;
  Micros at = 0;
};

mail::Mail new_login_mail(const MailContext& context, const Reader& to, const LogInPlace& place);
mail::Mail totp_on_mail(const MailContext& context, const Reader& to);
mail::Mail totp_off_mail(const MailContext& context, const Reader& to);
mail::Mail recovery_codes_made_mail(const MailContext& context, const Reader& to);
mail::Mail recovery_code_used_mail(const MailContext& context, const Reader& to, std::int64_t left);
// Somebody who knows the password guesses codes.
mail::Mail wrong_codes_mail(const MailContext& context, const Reader& to);
mail::Mail token_made_mail(const MailContext& context, const Reader& to, std::string_view name);

}  // namespace picsharz::sessions
