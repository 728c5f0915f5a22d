// The routes of accounts: signing up, the own account.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "features/accounts/account_service.h"
#include "features/accounts/handle_service.h"
#include "features/accounts/quota_source.h"
#include "features/accounts/signup_service.h"
#include "http/router.h"

namespace picsharz::accounts {

// The cookie that binds a sign-up's code to the browser that asked for it. Only a browser gets one:
// a program, which sends no Sec-Fetch-Site, is told apart and can verify only what it asked for.
inline constexpr std::string_view signup_cookie = "signup";
std::string signup_binding(const http::Request& request);

// For Route::headers: how often one may try a password or a code (AttemptLimits).
http::Headers attempt_policy();

// What a browser says of the language it wants, the best first; before that the one that somebody
// has chosen on our pages.
std::string wanted_languages(const http::Request& request);

// Reads the fields of a sign-up.
SignUp read_sign_up(JsonObject& body);

void add_account_routes(http::Router& router, AccountService& accounts, HandleService& handles,
                        SignupService& signups, QuotaSource& quotas, bool secure_cookies);

}  // namespace picsharz::accounts
