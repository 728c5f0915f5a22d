#include "crypto/password.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>
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

// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash", m being KiB.
std::optional<PasswordCost> raised_cost(std::string_view hash, const PasswordCost& cost) {
  const auto number_after = [&](std::string_view name) {
    std::uint64_t number = 0;
    const std::size_t at = hash.find(name);
    if (at == hash.npos) return number;
    const char* const from = hash.data() + at + name.size();
    std::from_chars(from, hash.data() + hash.size(), number);
    return number;
  };
  const PasswordCost now{.memory_bytes = number_after("$m=") * 1024, .passes = number_after(",t=")};
  // A hash has whole KiB.
  if (now.memory_bytes / 1024 >= cost.memory_bytes / 1024 && now.passes >= cost.passes) {
    return std::nullopt;
  }
  return PasswordCost{.memory_bytes = std::max(now.memory_bytes, cost.memory_bytes),
                      .passes = std::max(now.passes, cost.passes)};
}

bool is_breached(std::string_view password) {
  std::string lower(password);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
  });
  return std::ranges::binary_search(breached_passwords(), std::string_view(lower));
}

}  // namespace picsharz::crypto
