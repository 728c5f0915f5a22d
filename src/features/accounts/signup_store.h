// Rows of sign-ups, of the administrator's one-time link, of password resets. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/database.h"
#include "features/accounts/account.h"
#include "features/accounts/invitation.h"

namespace picsharz::accounts {

using SignupId = Id<struct SignupTag>;

// A sign-up that waits for its code.
struct PendingSignup {
  SignupId id;
  SignUp person;  // without the password
  std::string password_hash;
  std::string code_hash;  // empty where `taken`
  Micros code_expires_at = 0;
  int tries = 0;
  std::string binding_hash;   // of the browser that asked; empty: a program asked
  InvitationId invitation{};  // 0: none
  Acceptance accepted{};
  bool taken = false;  // the address has an account: no code will ever fit
  Micros created_at = 0;
};

class SignupStore {
 public:
  // False where the handle waits for somebody else already.
  bool insert(db::Tx& tx, const PendingSignup& signup);
  std::optional<PendingSignup> by_handle(db::Tx& tx, std::string_view handle);
  // The newest of an address that came from this browser (or program).
  std::optional<PendingSignup> by_email(db::Tx& tx, std::string_view email,
                                        std::string_view binding_hash);
  // Counts a try; false where `most` were made. Holds the row until the transaction ends, so that
  // tries at the same instant are counted one by one.
  bool take_try(db::Tx& tx, SignupId id, int most);
  void set_code(db::Tx& tx, SignupId id, std::string_view code_hash, Micros expires_at);
  void remove(db::Tx& tx, SignupId id);
  void remove_of_email(db::Tx& tx, std::string_view email);
  std::int64_t remove_older(db::Tx& tx, Micros created_before);

  void put_setup_link(db::Tx& tx, std::string_view token_hash, Micros expires_at);
  bool has_setup_link(db::Tx& tx, std::string_view token_hash, Micros now);
  // False where the link is used or over: of two uses at the same instant one wins.
  bool take_setup_link(db::Tx& tx, std::string_view token_hash, Micros now);
  void remove_setup_links(db::Tx& tx);

  void put_reset(db::Tx& tx, std::string_view token_hash, AccountId account, Micros expires_at);
  std::optional<AccountId> find_reset(db::Tx& tx, std::string_view token_hash, Micros now);
  // The same, and the link is used up: of two uses at the same instant one wins.
  std::optional<AccountId> take_reset(db::Tx& tx, std::string_view token_hash, Micros now);
  void remove_resets(db::Tx& tx, AccountId account);
};

}  // namespace picsharz::accounts
