// The link in the mail to somebody whose account is suspended, who cannot log in to appeal.
//
// What:      a token names the decision, with an HMAC-SHA-256 over it: who has it may read what was
//            decided, and appeal. It does not expire; a decision is appealed only once.
// Threads:   immutable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "crypto/crypto.h"

namespace picsharz::moderation {

class AppealLinks {
 public:
  explicit AppealLinks(const crypto::HmacKey& key) : key_(key) {}

  std::string token(DecisionId decision) const;
  // nullopt: no token of ours. In constant time.
  std::optional<DecisionId> read(std::string_view token) const;

 private:
  const crypto::HmacKey& key_;
};

}  // namespace picsharz::moderation
