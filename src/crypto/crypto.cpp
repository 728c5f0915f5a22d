#include "crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <cstdlib>

namespace picsharz::crypto {

namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t block = 64;

std::string encode_base64(std::string_view bytes, int variant) {
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  out.resize(out.size() - 1);  // the terminating zero
  return out;
}

}  // namespace

// The low-level SHA256_* functions are deprecated in OpenSSL 3 but cost a third of the EVP calls on
// short messages; libcrypto keeps them, and they use the CPU's SHA instructions.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

struct Sha256::State {
  SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { SHA256_Init(&state_->context); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

Digest Sha256::finish() {
  Digest digest{};
  SHA256_Final(digest.data(), &state_->context);
  return digest;
}

struct Sha1::State {
  SHA_CTX context;
};

Sha1::Sha1() : state_(std::make_unique<State>()) { SHA1_Init(&state_->context); }
Sha1::~Sha1() = default;
void Sha1::update(std::string_view bytes) {
  SHA1_Update(&state_->context, bytes.data(), bytes.size());
}
std::string Sha1::finish() {
  std::string digest(SHA_DIGEST_LENGTH, '\0');
  SHA1_Final(reinterpret_cast<unsigned char*>(digest.data()), &state_->context);
  return digest;
}

Digest sha256(std::string_view bytes) {
  Digest digest{};
  SHA256_CTX state;  // SHA256() looks its algorithm up by name each time
  SHA256_Init(&state);
  SHA256_Update(&state, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &state);
  return digest;
}

struct HmacKey::State {
  SHA256_CTX inner;
  SHA256_CTX outer;
};

HmacKey::HmacKey(std::string_view key) : state_(std::make_unique<State>()) {
  std::array<unsigned char, block> pad{};
  const Digest hashed = sha256(key);
  const std::string_view short_key = key.size() > block ? view(hashed) : key;
  for (std::size_t i = 0; i < block; ++i) {
    const unsigned char byte = i < short_key.size() ? static_cast<unsigned char>(short_key[i]) : 0;
    pad[i] = byte ^ 0x36;
  }
  SHA256_Init(&state_->inner);
  SHA256_Update(&state_->inner, pad.data(), pad.size());
  for (auto& byte : pad) byte ^= 0x36 ^ 0x5C;
  SHA256_Init(&state_->outer);
  SHA256_Update(&state_->outer, pad.data(), pad.size());
  OPENSSL_cleanse(pad.data(), pad.size());
}

HmacKey::~HmacKey() { OPENSSL_cleanse(state_.get(), sizeof(State)); }

Digest HmacKey::sign(std::string_view message) const {
  SHA256_CTX context = state_->inner;
  Digest digest{};
  SHA256_Update(&context, message.data(), message.size());
  SHA256_Final(digest.data(), &context);
  context = state_->outer;
  SHA256_Update(&context, digest.data(), digest.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

#pragma GCC diagnostic pop

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
  if (sodium_init() < 0) std::abort();
  std::string out(count, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string hex(const Digest& digest) { return hex(view(digest)); }

std::string base64url(std::string_view bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string base64(std::string_view bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

namespace {

std::optional<std::string> decode_base64(std::string_view text, int variant) {
  std::string out(text.size() * 3 / 4 + 1, '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &length, &end, variant) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  out.resize(length);
  return out;
}

}  // namespace

std::optional<std::string> from_base64url(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> from_base64(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string random_code(std::size_t length) {
  std::string code = random_bytes(length);
  for (auto& c : code) c = crockford[static_cast<unsigned char>(c) % crockford.size()];
  return code;
}

std::string normalize_code(std::string_view typed) {
  std::string code;
  for (const char typed_char : typed) {
    const char c = typed_char >= 'a' && typed_char <= 'z'
                       ? static_cast<char>(typed_char - 'a' + 'A')
                       : typed_char;
    if (c == ' ' || c == '-' || c == '\t') continue;
    code += c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
  }
  return code;
}

}  // namespace picsharz::crypto
