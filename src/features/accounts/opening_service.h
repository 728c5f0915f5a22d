// Who is told that a private account became public: follows, which accounts know nothing else of.
//
// Ownership: implemented by a later feature, handed to AccountService by the composition root.
// Threads:   any, several at once.
// Failures:  what an implementation throws rolls the change back.
#pragma once

#include "base/ids.h"
#include "db/database.h"

namespace picsharz::accounts {

class OpeningService {
 public:
  virtual ~OpeningService() = default;
  // The account is public, in the transaction that wrote it so and holds its row.
  virtual void opened(db::Tx& tx, AccountId account) = 0;
};

}  // namespace picsharz::accounts
