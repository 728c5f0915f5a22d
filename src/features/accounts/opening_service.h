// Who is told that a private account became public: follows, which accounts know nothing else of.
//
// Ownership: implemented by a later feature, handed to AccountService by the composition root.
// Threads:   any, several at once.
// Failures:  what an implementation throws rolls the change back.
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "db/database.h"

namespace picsharz::accounts {

class OpeningService {
 public:
  virtual ~OpeningService() = default;
  // The account is about to be public: holds the rows that opened() will change, in the order in
  // which everybody else takes them. Before anything is written in the transaction.
  virtual void opening(db::Tx& tx, AccountId account) = 0;
  // The account is public, in the transaction that wrote it so and holds its row; for how many
  // people that changed something.
  virtual std::int64_t opened(db::Tx& tx, AccountId account) = 0;
  // That is committed: what opened() returned.
  virtual void committed(std::int64_t opened) = 0;
};

}  // namespace picsharz::accounts
