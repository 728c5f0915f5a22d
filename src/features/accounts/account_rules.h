// What a handle, an e-mail address, a password, a name and a country may be.
//
// Threads:   pure functions.
// Failures:  each check returns an Error whose code names the rule, with the field in `fields`.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "features/accounts/account.h"

namespace picsharz::accounts {

std::string normalize_handle(std::string_view typed);  // lower case, trimmed, without a leading @
std::string normalize_email(std::string_view typed);   // lower case, trimmed

Result<void> check_handle(std::string_view handle);
Result<void> check_email(std::string_view email);
Result<void> check_password(std::string_view password, std::string_view handle,
                            std::string_view email);
std::unexpected<Error> unknown_language();
Result<void> check_country(std::string_view country);

// The one answer to a login that is unknown and to a password that is wrong.
std::unexpected<Error> wrong_login();
// The refusals of a handle that fits the rules.
std::unexpected<Error> handle_taken();
std::unexpected<Error> email_taken();
std::unexpected<Error> handle_too_soon(Micros changed_at, Micros now);

// Both have to be true; every one that is not is named.
Result<void> check_acceptance(const SignUp& sign_up, std::int64_t minimum_age);

// Normalises and checks all of it.
Result<SignUp> check_sign_up(SignUp sign_up);

}  // namespace picsharz::accounts
