// Idempotency-Key: a creating request that is sent again has one effect and one answer.
//
// What:      the server asks the ledger before the handler of a POST that carries the header and
//            has a signed-in viewer, and tells it the answer. Success is kept and given again; a
//            refusal had no effect, so that the key is free again (unless it had made something).
//            Routes with an asynchronous handler or own_idempotency are left alone.
// Crashes:   between a handler's commit and keep() the answer is lost, not the effect: a handler
//            that commits Claim::id with what it made finds that in Claim::made the next time.
// Threads:   any thread; may block.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "http/request.h"

namespace picsharz::http {

class IdempotencyLedger {
 public:
  virtual ~IdempotencyLedger() = default;
  // The answer that was given to this key before; nullopt: the handler runs, and `request.claim` is
  // set. `fingerprint` tells a repetition from another wish under the same key, which is refused.
  virtual Result<std::optional<Response>> claim(Request& request, std::string_view key,
                                                std::string_view fingerprint) = 0;
  // Where another request with the key was answered first, that answer takes the place of this one.
  virtual void keep(const Claim& claim, Response& response) = 0;
  // Where nothing was made.
  virtual void release(const Claim& claim) = 0;
};

}  // namespace picsharz::http
