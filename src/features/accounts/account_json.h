// An account as JSON, as the contract has it. Used by the routes of every feature that shows one.
#pragma once

#include <string>

#include "base/json.h"
#include "features/accounts/account.h"

namespace picsharz::accounts {

// The fields that everybody may see, into an object that is open.
void write_profile_fields(JsonWriter& out, const Account& account);
// The same, and what only its owner sees: email, role, settings.
std::string own_account_json(const Account& account);
std::string account_json(const Account& account);

}  // namespace picsharz::accounts
