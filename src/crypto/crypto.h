// Hashes, random numbers, text encodings of bytes. OpenSSL and libsodium stay behind this header.
//
// Threads:   functions are thread-safe; a Sha256 is used by one thread at a time.
// Failures:  none; a broken random device aborts.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace picsharz::crypto {

using Digest = std::array<std::uint8_t, 32>;

// Incremental SHA-256 (FIPS 180-4).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::string_view bytes);
  Digest finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(std::string_view bytes);

// SHA-1 (FIPS 180-4), for checksums of a protocol that demands it (tus 1.0.0); never for security.
class Sha1 {
 public:
  Sha1();
  ~Sha1();
  Sha1(const Sha1&) = delete;
  Sha1& operator=(const Sha1&) = delete;
  void update(std::string_view bytes);
  std::string finish();  // 20 bytes; once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// HMAC-SHA-256 (RFC 2104) with the key's pads computed once: a signature costs two compressions.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  ~HmacKey();
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;
  Digest sign(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// In constant time for equal lengths.
bool equal(std::string_view a, std::string_view b);

std::string random_bytes(std::size_t count);
std::string hex(std::string_view bytes);
std::string hex(const Digest& digest);
std::string base64url(std::string_view bytes);  // no padding
std::optional<std::string> from_base64url(std::string_view text);
std::string base64(std::string_view bytes);                     // with padding
std::optional<std::string> from_base64(std::string_view text);  // with padding

// `length` characters of Crockford's base32 (no I, L, O, U): 5 bits each.
std::string random_code(std::size_t length);
// What a person types for one: upper case, I and L read as 1, O as 0, spaces and hyphens dropped.
std::string normalize_code(std::string_view typed);

inline std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace picsharz::crypto
