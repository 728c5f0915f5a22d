// Codes of an authenticator: six digits that change every 30 seconds.
//
// What:      TOTP with HMAC-SHA-1, the one that every authenticator speaks. A step is a number of
//            30 seconds since 1970. Whether a code was used before is the caller's business.
// Threads:   pure functions.
// Source:    RFC 6238, RFC 4226; base32 of RFC 4648.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picsharz::crypto {

inline constexpr std::int64_t totp_seconds = 30;
inline constexpr std::size_t totp_secret_bytes = 20;
inline constexpr std::size_t totp_digits = 6;

std::string totp_code(std::string_view secret, std::int64_t step);
// The step of which this is the code: `now`, the one before or the one after it.
std::optional<std::int64_t> totp_step_of(std::string_view secret, std::string_view code,
                                         std::int64_t now);

std::string base32(std::string_view bytes);  // no padding

}  // namespace picsharz::crypto
