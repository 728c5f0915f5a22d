#include "features/accounts/account.h"

namespace picsharz::accounts {

std::string_view role_name(Role role) {
  switch (role) {
    case Role::member:
      return "member";
    case Role::moderator:
      return "moderator";
    case Role::administrator:
      return "administrator";
  }
  return "member";
}

std::optional<Role> role_of(std::string_view name) {
  for (const Role role : {Role::member, Role::moderator, Role::administrator}) {
    if (role_name(role) == name) return role;
  }
  return std::nullopt;
}

std::string_view state_name(AccountState state) {
  switch (state) {
    case AccountState::active:
      return "active";
    case AccountState::suspended:
      return "suspended";
    case AccountState::deleted:
      return "deleted";
  }
  return "active";
}

}  // namespace picsharz::accounts
