// Bytes that only the holder of a key can read, and that nobody can alter unseen: a stream in
// pieces (libsodium's secretstream: XChaCha20-Poly1305).
//
// What:      a sealed stream is a header and pieces of piece_bytes, each longer by a tag; the last
//            one says that it is the last, so that a stream that was cut is found out, too.
// Threads:   a SealKey may be shared; Sealer and Unsealer are used by one thread at a time.
// Failures:  as values: what was altered, cut or sealed with another key does not open.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace picsharz::crypto {

class SealKey {
 public:
  static constexpr std::size_t bytes = 32;
  // From what a file holds: random bytes or a long passphrase, 16 bytes at least. `purpose` keeps
  // keys of different uses apart. Stretched by Argon2id, which takes a moment.
  static std::optional<SealKey> from_secret(std::string_view secret, std::string_view purpose);
  ~SealKey();
  SealKey(const SealKey&) = default;
  SealKey& operator=(const SealKey&) = default;

  std::string_view view() const { return key_; }

 private:
  explicit SealKey(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

class Sealer {
 public:
  explicit Sealer(const SealKey& key);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  // Each answers what is to be written next.
  std::string write(std::string_view piece);
  std::string finish();  // once, last

 private:
  struct State;
  std::string seal(std::string_view piece, bool last);

  std::unique_ptr<State> state_;
  std::string waiting_;  // less than a piece; before the first one, the header goes out
  std::string header_;
};

class Unsealer {
 public:
  explicit Unsealer(const SealKey& key);
  ~Unsealer();
  Unsealer(const Unsealer&) = delete;
  Unsealer& operator=(const Unsealer&) = delete;
  // What of it is certain; nullopt: it does not open, and nothing after it will.
  std::optional<std::string> write(std::string_view sealed);
  // The rest; nullopt as above, or where the end is missing.
  std::optional<std::string> finish();

 private:
  struct State;
  bool open_waiting(std::string_view piece, std::string& out);

  std::unique_ptr<State> state_;
  std::string waiting_;
};

}  // namespace picsharz::crypto
