// The names of scopes, and what they may be given to.
//
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/viewer.h"

namespace picsharz::sessions {

// "read", "write:photos", ...; "" for Scope::session, which is nobody's.
std::string_view scope_name(Scope scope);
std::vector<std::string_view> scope_names(std::uint32_t scopes);
// nullopt where one is unknown, or there is none.
std::optional<std::uint32_t> scopes_of(const std::vector<std::string>& names);
// The highest role that a token of these scopes acts with: a moderator's token that only reads sees
// what a member sees.
Role highest_role(std::uint32_t scopes);

}  // namespace picsharz::sessions
