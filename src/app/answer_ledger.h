// The server's ledger of Idempotency-Keys, over the accounts' rows.
//
// What:      a bridge: http knows no accounts, accounts know no responses. An answer that must not
//            be stored (it sets a cookie or holds a secret, so says no-store) is not kept: its key
//            is free again.
// Threads:   thread-safe.
#pragma once

#include "features/accounts/idempotency_service.h"
#include "http/idempotency.h"

namespace picsharz::app {

class AnswerLedger final : public http::IdempotencyLedger {
 public:
  explicit AnswerLedger(accounts::IdempotencyService& keys) : keys_(keys) {}
  Result<std::optional<http::Response>> claim(http::Request& request, std::string_view key,
                                              std::string_view fingerprint) override;
  void keep(const http::Claim& claim, http::Response& response) override;
  void release(const http::Claim& claim) override { keys_.release(claim.id); }

 private:
  accounts::IdempotencyService& keys_;
};

}  // namespace picsharz::app
