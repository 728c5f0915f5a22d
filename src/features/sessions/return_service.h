// Who takes a deleted account back when its owner logs in again: departures, which sessions know
// nothing else of.
//
// Ownership: implemented by a later feature, handed to LogInService by the composition root.
// Threads:   any, several at once.
// Failures:  what an implementation refuses or throws rolls the log-in back.
#pragma once

#include "base/error.h"
#include "db/database.h"
#include "features/accounts/account.h"

namespace picsharz::sessions {

class ReturnService {
 public:
  virtual ~ReturnService() = default;
  // Of a deleted account whose password was typed: account_leaving where nobody wants it back,
  // wrong_login where it is being erased.
  virtual Result<void> may_return(AccountId account, bool restore) = 0;
  // In the transaction of the log-in.
  virtual Result<void> take_back(db::Tx& tx, const accounts::Account& account) = 0;
  // After its commit; the account as it is again.
  virtual accounts::Account returned(AccountId account) = 0;
};

}  // namespace picsharz::sessions
