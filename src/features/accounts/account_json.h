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

// Of a private account strangers see handle, name, avatar and counts; what it says of itself is for
// those who may see its photos.
enum class Shown { all, outside };
// The fields of a profile, into an object that is open.
void write_profile_fields(JsonWriter& out, const Account& account, Shown shown);
// The same, and what only its owner sees: email, role, settings, quotas where they are given.
std::string own_account_json(const Account& account,
                             const std::optional<Quotas>& quotas = std::nullopt);
// `outside`: as one of a list, whoever looks.
std::string account_json(const Account& account, Shown shown = Shown::outside);

}  // namespace picsharz::accounts
