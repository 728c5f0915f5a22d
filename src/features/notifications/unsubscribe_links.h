// The address in a mail that ends mails of its kind with one click (RFC 8058), without a log-in.
//
// What:      a token names an account and what its mail was about, with an HMAC-SHA-256 over both:
//            who has it may switch these mails off, and nothing else. It does not expire.
// Threads:   immutable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "crypto/crypto.h"
#include "features/notifications/notification.h"

namespace picsharz::notifications {

// What ends: mails of one kind, or (nullopt) the daily one.
struct Subscription {
  AccountId account;
  std::optional<Kind> kind;
};

class UnsubscribeLinks {
 public:
  explicit UnsubscribeLinks(const crypto::HmacKey& key) : key_(key) {}

  std::string token(const Subscription& subscription) const;
  // nullopt: no token of ours. In constant time.
  std::optional<Subscription> read(std::string_view token) const;

 private:
  const crypto::HmacKey& key_;
};

}  // namespace picsharz::notifications
