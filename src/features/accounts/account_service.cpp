#include "features/accounts/account_service.h"

#include <utility>

#include "features/accounts/account_rules.h"
#include "mail/texts.h"

namespace picsharz::accounts {

std::optional<Account> AccountService::active(db::Tx& tx, std::string_view handle) {
  auto account = accounts_.find_by_handle(tx, normalize_handle(handle));
  if (!account || account->state != AccountState::active) return std::nullopt;
  return account;
}

std::optional<Account> AccountService::renamed(db::Tx& tx, std::string_view handle) {
  auto account = accounts_.find_by_old_handle(tx, normalize_handle(handle));
  if (!account || account->state != AccountState::active) return std::nullopt;
  return account;
}

Result<Account> AccountService::own(const Viewer& viewer) {
  const auto account =
      database_.read([&](db::Tx& tx) { return accounts_.find(tx, viewer.account); });
  if (!account) return not_found();
  return *account;
}

Result<Account> AccountService::change_profile(const Viewer& viewer, const ProfileChange& change) {
  std::int64_t opened = 0;
  auto done =
      database_.write([&](db::Tx& tx) { return change_profile(tx, viewer, change, opened); });
  if (done) committed(opened);
  return done;
}

void AccountService::committed(std::int64_t opened) {
  if (opening_ != nullptr) opening_->committed(opened);
}

Result<Account> AccountService::change_profile(db::Tx& tx, const Viewer& viewer,
                                               const ProfileChange& change, std::int64_t& opened) {
  opened = 0;
  if (change.country) TRY(check_country(*change.country));
  if (change.language && !mail::is_language(*change.language)) return unknown_language();
  if (opening_ != nullptr && change.is_private == false) opening_->opening(tx, viewer.account);
  auto account = accounts_.find(tx, viewer.account);
  if (!account) return not_found();
  if (change.name) account->name = *change.name;
  if (change.bio) account->bio = *change.bio;
  if (change.country) account->country = *change.country;
  if (change.language) account->language = *change.language;
  if (change.is_private) account->is_private = *change.is_private;
  if (change.show_camera) account->show_camera = *change.show_camera;
  if (change.allow_download) account->allow_download = *change.allow_download;
  if (change.comments_allowed) account->comments_allowed = *change.comments_allowed;
  accounts_.set_profile(tx, *account);
  // Whether it was private before could change between the look and the write: tell each time.
  if (opening_ != nullptr && !account->is_private) opened = opening_->opened(tx, account->id);
  return *account;
}

Page<Account> AccountService::list(const PageRequest& request) {
  const auto after = request.after ? std::optional(AccountId{request.after->id}) : std::nullopt;
  Page<Account> page;
  page.items =
      database_.read([&](db::Tx& tx) { return accounts_.list(tx, after, request.limit + 1); });
  if (static_cast<int>(page.items.size()) > request.limit) {
    page.items.resize(static_cast<std::size_t>(request.limit));
    page.next = Position{0, page.items.back().id.value};
  }
  return page;
}

Result<RoleChange> AccountService::set_role(db::Tx& tx, std::string_view handle, Role role) {
  const std::int64_t administrators = accounts_.lock_administrators(tx);
  auto account = accounts_.find_by_handle(tx, normalize_handle(handle));
  if (!account) return not_found();
  // One who is suspended or leaves is not among those who are counted.
  const bool counted =
      account->role == Role::administrator && account->state == AccountState::active;
  if (counted && role != Role::administrator && administrators <= 1) {
    return fail(ErrorKind::conflict, "last_administrator", "This is the only administrator.",
                "Make somebody else an administrator first.");
  }
  accounts_.set_role(tx, account->id, role);
  const Role before = std::exchange(account->role, role);
  return RoleChange{*account, before};
}

}  // namespace picsharz::accounts
