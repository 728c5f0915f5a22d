#include "features/sessions/token_rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace picsharz::sessions {

namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 6> names = {{
    {Scope::read, "read"},
    {Scope::photos, "write:photos"},
    {Scope::social, "write:social"},
    {Scope::account, "account"},
    {Scope::moderation, "moderation"},
    {Scope::admin, "admin"},
}};

bool holds(std::uint32_t scopes, Scope scope) {
  return (scopes & static_cast<std::uint32_t>(scope)) != 0;
}

}  // namespace

std::string_view scope_name(Scope scope) {
  const auto found = std::ranges::find(names, scope, [](const auto& each) { return each.first; });
  return found == names.end() ? std::string_view() : found->second;
}

std::vector<std::string_view> scope_names(std::uint32_t scopes) {
  std::vector<std::string_view> list;
  for (const auto& [scope, name] : names) {
    if (holds(scopes, scope)) list.push_back(name);
  }
  return list;
}

std::optional<std::uint32_t> scopes_of(const std::vector<std::string>& wanted) {
  std::uint32_t scopes = 0;
  for (const std::string& each : wanted) {
    const auto found = std::ranges::find(names, each, [](const auto& one) { return one.second; });
    if (found == names.end()) return std::nullopt;
    scopes |= static_cast<std::uint32_t>(found->first);
  }
  return scopes == 0 ? std::nullopt : std::optional(scopes);
}

Role highest_role(std::uint32_t scopes) {
  if (holds(scopes, Scope::admin)) return Role::administrator;
  return holds(scopes, Scope::moderation) ? Role::moderator : Role::member;
}

}  // namespace picsharz::sessions
