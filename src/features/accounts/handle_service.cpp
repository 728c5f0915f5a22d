#include "features/accounts/handle_service.h"

#include <cstdint>

#include "base/limits.h"
#include "features/accounts/account_rules.h"

namespace picsharz::accounts {

Result<Account> HandleService::change_profile(const Viewer& viewer, const ProfileChange& change) {
  if (!change.handle) return people_.change_profile(viewer, change);
  const std::string handle = normalize_handle(*change.handle);
  TRY(check_handle(handle));
  std::int64_t opened = 0;
  auto done = database_.write([&](db::Tx& tx) -> Result<Account> {
    TRY(rename(tx, viewer.account, handle));
    return people_.change_profile(tx, viewer, change, opened);
  });
  if (done) people_.committed(opened);
  return done;
}

Result<void> HandleService::rename(db::Tx& tx, AccountId id, const std::string& handle) {
  const auto account = accounts_.find(tx, id);
  if (!account) return not_found();
  if (account->handle == handle) return {};
  const Micros now = clock_.now();
  const Micros changed_at = accounts_.handle_changed_at(tx, id);
  const bool back = accounts_.release_handle(tx, handle, id);
  if (!back && changed_at > now - limits::handle_kept) return handle_too_soon(changed_at, now);
  const auto waiting = signups_.by_handle(tx, handle);
  const bool promised = waiting && waiting->created_at > now - limits::signup_lifetime;
  if (promised || accounts_.handle_exists(tx, handle)) return handle_taken();
  const Micros noted = back ? changed_at : now;
  const Micros before = back ? now : now - limits::handle_kept;
  if (!accounts_.set_handle(tx, *account, handle, noted, before)) return handle_taken();
  accounts_.keep_handle(tx, account->handle, id, now + limits::handle_kept);
  return {};
}

std::int64_t HandleService::prune() {
  return database_.write([&](db::Tx& tx) { return accounts_.release_handles(tx, clock_.now()); });
}

}  // namespace picsharz::accounts
