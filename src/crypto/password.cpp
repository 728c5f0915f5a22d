#include "crypto/password.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <span>

namespace picsharz::crypto {

// Generated from breached_passwords.txt: lower case, sorted.
std::span<const std::string_view> breached_passwords();

std::string hash_password(std::string_view password, const PasswordCost& cost) {
  if (sodium_init() < 0) std::abort();
  char encoded[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(encoded, password.data(), password.size(), cost.passes,
                            cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::bad_alloc();  // the only way this fails
  }
  return encoded;
}

bool verify_password(std::string_view hash, std::string_view password) {
  if (sodium_init() < 0) std::abort();
  const std::string terminated(hash);
  return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

bool needs_rehash(std::string_view hash, const PasswordCost& cost) {
  const std::string terminated(hash);
  return crypto_pwhash_str_needs_rehash(terminated.c_str(), cost.passes, cost.memory_bytes) != 0;
}

bool is_breached(std::string_view password) {
  std::string lower(password);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
  });
  return std::ranges::binary_search(breached_passwords(), std::string_view(lower));
}

}  // namespace picsharz::crypto
