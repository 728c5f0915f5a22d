// Keys of creating requests: one effect, one answer, for a day.
//
// What:      the first request with a key claims it and runs; those that come meanwhile wait for
//            its answer. A claim whose process died may be taken over after a lease; what it had
//            committed (made()) is known by then, so that it is not done again.
// Threads:   thread-safe. claim() may wait up to `wait`.
// Failures:  idempotency_key_reused, idempotency_key_in_use, invalid_request as values; those of
//            the database are thrown.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "db/database.h"
#include "features/accounts/idempotency_store.h"

namespace picsharz::accounts {

struct KeptAnswer {
  int status = 0;
  std::string headers;  // "Name: value\n"...
  std::string body;
};

struct IdempotencyClaim {
  std::int64_t id = 0;
  std::int64_t made = 0;             // what an earlier try committed, or 0
  std::optional<KeptAnswer> answer;  // there is nothing to run then
};

class IdempotencyService {
 public:
  IdempotencyService(db::Database& database, IdSource& ids, const Clock& clock,
                     std::chrono::milliseconds wait = std::chrono::seconds(10))
      : database_(database), ids_(ids), clock_(clock), wait_(wait) {}

  Result<IdempotencyClaim> claim(AccountId account, std::string_view key,
                                 std::string_view fingerprint);
  // In the transaction that makes it.
  void made(db::Tx& tx, std::int64_t claim, std::int64_t what);
  // The first answer is the one that is given: where another request with the key was quicker (what
  // was made is known before it is answered), that one's.
  std::optional<KeptAnswer> keep(std::int64_t claim, const KeptAnswer& answer);
  // It had no effect: the key is free again. Unless something was made all the same, or another
  // request that took it over is answered.
  void release(std::int64_t claim);
  // Before a process answers its first request: what runs in no process is free. On PostgreSQL,
  // where other processes may live, their lease decides.
  void forget_the_dead();
  int prune();

 private:
  Result<std::optional<IdempotencyClaim>> try_claim(AccountId account, std::string_view key,
                                                    std::string_view fingerprint);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  const std::chrono::milliseconds wait_;
  IdempotencyStore rows_;
};

}  // namespace picsharz::accounts
