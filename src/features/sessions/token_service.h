// Tokens: a program acts for an account, within scopes.
//
// What:      named, shown once, stored as a hash, with an end where its owner wants one. A token
//            does at most what its owner may do now: its role is the owner's, cut down to what its
//            scopes need. Tokens are made and ended by sessions only, with the password.
// Threads:   thread-safe. create hashes a password: call it on the password pool.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/password_service.h"
#include "features/sessions/session_mails.h"
#include "features/sessions/token_store.h"
#include "mail/outbox.h"

namespace picsharz::sessions {

class TokenService {
 public:
  TokenService(db::Database& database, IdSource& ids, const Clock& clock, mail::Outbox& outbox,
               accounts::PasswordService& passwords, MailContext context);

  Result<NewToken> create(const Viewer& viewer, const TokenWish& wish, std::string_view password,
                          std::string_view address);
  std::vector<Token> list(const Viewer& viewer);
  Result<void> end(const Viewer& viewer, TokenId id);
  // Nobody for one that is unknown, over, or of an account that is not active.
  Viewer viewer_of(std::string_view secret);
  std::int64_t prune();

 private:
  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  mail::Outbox& outbox_;
  accounts::PasswordService& passwords_;
  const MailContext context_;
  TokenStore tokens_;
};

}  // namespace picsharz::sessions
