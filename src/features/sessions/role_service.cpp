#include "features/sessions/role_service.h"

namespace picsharz::sessions {

Result<accounts::Account> RoleService::set(std::string_view handle, Role role) {
  return database_.write([&](db::Tx& tx) { return set(tx, handle, role); });
}

Result<accounts::Account> RoleService::set(db::Tx& tx, std::string_view handle, Role role) {
  TRY_ASSIGN(const accounts::RoleChange change, people_.set_role(tx, handle, role));
  if (change.account.role > change.before) sessions_.remove_all(tx, change.account.id);
  return change.account;
}

}  // namespace picsharz::sessions
