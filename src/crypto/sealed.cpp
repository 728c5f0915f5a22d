#include "crypto/sealed.h"

#include <sodium.h>

#include <cstdlib>
#include <utility>

#include "crypto/crypto.h"

namespace picsharz::crypto {

namespace {

constexpr std::size_t piece_bytes = 65'536;
constexpr std::size_t tag_bytes = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t secret_min = 16;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void start_sodium() {
  if (sodium_init() < 0) std::abort();
}

}  // namespace

std::optional<SealKey> SealKey::from_secret(std::string_view secret, std::string_view purpose) {
  if (secret.size() < secret_min) return std::nullopt;
  start_sodium();
  // Everybody who has the secret makes the same key, on an empty host, too: nothing is random here.
  const Digest salt = sha256(purpose);
  static_assert(sizeof(Digest) >= crypto_pwhash_SALTBYTES);
  std::string key(bytes, '\0');
  if (crypto_pwhash(raw(key), key.size(), secret.data(), secret.size(), salt.data(),
                    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return std::nullopt;  // no memory
  }
  return SealKey(std::move(key));
}

SealKey::~SealKey() { sodium_memzero(key_.data(), key_.size()); }

struct Sealer::State {
  crypto_secretstream_xchacha20poly1305_state stream{};
};

Sealer::Sealer(const SealKey& key)
    : state_(std::make_unique<State>()), header_(header_bytes, '\0') {
  start_sodium();
  crypto_secretstream_xchacha20poly1305_init_push(&state_->stream, raw(header_), raw(key.view()));
}

Sealer::~Sealer() { sodium_memzero(&state_->stream, sizeof state_->stream); }

std::string Sealer::seal(std::string_view piece, bool last) {
  std::string sealed(piece.size() + tag_bytes, '\0');
  crypto_secretstream_xchacha20poly1305_push(
      &state_->stream, raw(sealed), nullptr, raw(piece), piece.size(), nullptr, 0,
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
           : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  return sealed;
}

std::string Sealer::write(std::string_view piece) {
  std::string out = std::exchange(header_, {});
  waiting_ += piece;
  std::size_t at = 0;
  for (; waiting_.size() - at > piece_bytes; at += piece_bytes) {
    out += seal(std::string_view(waiting_).substr(at, piece_bytes), false);
  }
  waiting_.erase(0, at);
  return out;
}

std::string Sealer::finish() {
  std::string out = std::exchange(header_, {});
  return out += seal(waiting_, true);
}

struct Unsealer::State {
  crypto_secretstream_xchacha20poly1305_state stream{};
  std::string key{};
  bool begun = false;
  bool ended = false;
};

Unsealer::Unsealer(const SealKey& key) : state_(std::make_unique<State>()) {
  start_sodium();
  state_->key = key.view();
}

Unsealer::~Unsealer() {
  sodium_memzero(&state_->stream, sizeof state_->stream);
  sodium_memzero(state_->key.data(), state_->key.size());
}

bool Unsealer::open_waiting(std::string_view piece, std::string& out) {
  if (state_->ended || piece.size() < tag_bytes) return false;
  std::string opened(piece.size() - tag_bytes, '\0');
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_->stream, raw(opened), nullptr, &tag,
                                                 raw(piece), piece.size(), nullptr, 0) != 0) {
    return false;
  }
  state_->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  out += opened;
  return true;
}

std::optional<std::string> Unsealer::write(std::string_view sealed) {
  waiting_ += sealed;
  std::string out;
  std::size_t at = 0;
  if (!state_->begun) {
    if (waiting_.size() < header_bytes) return out;
    state_->begun = true;
    at = header_bytes;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state_->stream, raw(waiting_),
                                                        raw(state_->key)) != 0) {
      return std::nullopt;
    }
  }
  // The last piece, which may be a whole one, is opened by finish().
  for (; waiting_.size() - at > piece_bytes + tag_bytes; at += piece_bytes + tag_bytes) {
    const auto piece = std::string_view(waiting_).substr(at, piece_bytes + tag_bytes);
    if (!open_waiting(piece, out)) return std::nullopt;
  }
  waiting_.erase(0, at);
  return out;
}

std::optional<std::string> Unsealer::finish() {
  std::string out;
  if (!state_->begun || !open_waiting(waiting_, out) || !state_->ended) return std::nullopt;
  return out;
}

}  // namespace picsharz::crypto
