// Rows of accounts. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/page.h"
#include "db/database.h"
#include "db/search_index.h"
#include "features/accounts/account.h"

namespace picsharz::accounts {

struct Credentials {
  AccountId id;
  std::string password_hash;
  AccountState state = AccountState::active;
};

class AccountStore {
 public:
  // False where the handle or the address is taken.
  bool insert(db::Tx& tx, const Account& account, std::string_view password_hash);
  std::optional<Account> find(db::Tx& tx, AccountId id);
  std::optional<Account> find_by_handle(db::Tx& tx, std::string_view handle);
  // `login` is a handle or an e-mail address, normalised.
  std::optional<Credentials> credentials(db::Tx& tx, std::string_view login);
  // An account has it, or had it and keeps it.
  bool handle_exists(db::Tx& tx, std::string_view handle);
  // The account that had this handle before.
  std::optional<Account> find_by_old_handle(db::Tx& tx, std::string_view handle);
  Micros handle_changed_at(db::Tx& tx, AccountId id);
  // False where the account's handle is not `account.handle` any more, was changed after
  // `changed_before`, or somebody has the new one. `changed_at`: what to note of it.
  bool set_handle(db::Tx& tx, const Account& account, std::string_view handle, Micros changed_at,
                  Micros changed_before);
  void keep_handle(db::Tx& tx, std::string_view handle, AccountId account, Micros until);
  // Whether it was kept for this account.
  bool release_handle(db::Tx& tx, std::string_view handle, AccountId account);
  std::int64_t release_handles(db::Tx& tx, Micros now);
  bool email_exists(db::Tx& tx, std::string_view email);
  std::optional<std::string> password_hash(db::Tx& tx, AccountId id);
  void set_password(db::Tx& tx, AccountId id, std::string_view password_hash);
  // Only where it still is `old_hash`.
  bool replace_password(db::Tx& tx, AccountId id, std::string_view old_hash,
                        std::string_view password_hash);
  // False where another account has the address.
  bool set_email(db::Tx& tx, AccountId id, std::string_view email);
  void set_profile(db::Tx& tx, const Account& account);
  void set_role(db::Tx& tx, AccountId id, Role role);
  void set_state(db::Tx& tx, AccountId id, AccountState state);
  // "": none. False where it was not `old` any more.
  bool set_avatar(db::Tx& tx, AccountId id, std::string_view old, std::string_view avatar);
  // An active account has this avatar; any account has it, in whatever state.
  bool shows_avatar(db::Tx& tx, std::string_view avatar);
  bool has_avatar(db::Tx& tx, std::string_view avatar);
  std::int64_t count_administrators(db::Tx& tx);
  // The same, and no other transaction changes who they are until this one ends.
  std::int64_t lock_administrators(db::Tx& tx);
  std::vector<Account> list(db::Tx& tx, std::optional<AccountId> after, int limit);

 private:
  db::SearchIndex index_;  // names are found as soon as they are committed
};

// Reads the columns of ACCOUNT_COLUMNS, in order, from `first` on.
Account read_account(const db::Row& row, int first = 0);
inline constexpr int account_columns = 21;
#define PICSHARZ_ACCOUNT_COLUMNS(a)                                                               \
  a ".id, " a ".handle, " a ".email, " a ".name, " a ".bio, " a ".country, " a ".role, " a        \
    ".state, " a ".private, " a ".photos, " a ".followers, " a ".following, " a ".created_at, " a \
    ".show_camera, " a ".allow_download, " a ".comments_allowed, " a ".terms_version, " a         \
    ".terms_accepted_at, " a ".confirmed_age, " a ".avatar, " a ".language"

}  // namespace picsharz::accounts
