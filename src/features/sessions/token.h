// A token: what a program is given to act for an account, within scopes. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::sessions {

// What every token begins with, so that it is told from a session's and found where it leaked.
inline constexpr const char* token_prefix = "pcz_";

struct Token {
  TokenId id;
  AccountId account;
  std::string name;
  std::uint32_t scopes = 0;
  Micros created_at = 0;
  Micros last_used_at = 0;  // 0: never
  Micros expires_at = 0;    // 0: never
};

struct TokenWish {
  std::string name;
  std::uint32_t scopes = 0;
  std::optional<std::int64_t> days;  // of its life; else it has no end
};

// The secret is shown once; the database holds its hash.
struct NewToken {
  Token token;
  std::string secret;
};

}  // namespace picsharz::sessions
