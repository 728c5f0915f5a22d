// An account as JSON, as the contract has it. Used by the routes of every feature that shows one.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "features/accounts/account.h"
#include "features/accounts/quota_source.h"

namespace picsharz::accounts {

// The fields that everybody may see, into an object that is open.
void write_profile_fields(JsonWriter& out, const Account& account);
// The same, and what only its owner sees: email, role, settings, quotas where they are given.
std::string own_account_json(const Account& account,
                             const std::optional<Quotas>& quotas = std::nullopt);
std::string account_json(const Account& account);

}  // namespace picsharz::accounts
