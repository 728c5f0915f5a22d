// An account as JSON, as the contract has it. Used by the routes of every feature that shows one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "features/accounts/account.h"
#include "features/accounts/quota_source.h"

namespace picsharz::accounts {

// "/media/avatars/<key>/128", or null for "": the last segment may be another of the sizes.
void write_avatar(JsonWriter& out, std::string_view avatar);
// {"handle", "name", "avatar"}: whoever stands beside a photo or a comment.
void write_person(JsonWriter& out, std::string_view handle, std::string_view name,
                  std::string_view avatar);

// The fields that everybody may see, into an object that is open.
void write_profile_fields(JsonWriter& out, const Account& account);
// The same, and what only its owner sees: email, role, settings, quotas where they are given.
std::string own_account_json(const Account& account,
                             const std::optional<Quotas>& quotas = std::nullopt);
std::string account_json(const Account& account);

}  // namespace picsharz::accounts
