// Passwords: Argon2id, and the list of passwords that everybody tries first.
//
// Threads:   thread-safe. A hash costs tens of milliseconds and 19 MiB: call it on the password
// pool. Source:    RFC 9106; OWASP's minimum m=19 MiB, t=2, p=1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picsharz::crypto {

struct PasswordCost {
  std::uint64_t memory_bytes = 19 * 1024 * 1024;
  std::uint64_t passes = 2;
};

// The encoded hash, parameters and salt in it.
std::string hash_password(std::string_view password, const PasswordCost& cost);
bool verify_password(std::string_view hash, std::string_view password);
// Where a hash was made with less memory or fewer passes than these: what a new one is to cost. It
// is never less than before.
std::optional<PasswordCost> raised_cost(std::string_view hash, const PasswordCost& cost);
// Among the most used passwords of breached collections (any case).
bool is_breached(std::string_view password);

}  // namespace picsharz::crypto
