#include "crypto/sealed.h"

#include <gtest/gtest.h>

#include "crypto/crypto.h"

namespace picsharz::crypto {
namespace {

SealKey key_of(std::string_view secret) { return *SealKey::from_secret(secret, "test"); }

std::string sealed(const SealKey& key, std::string_view text, std::size_t step) {
  Sealer sealer(key);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += step) out += sealer.write(text.substr(at, step));
  return out += sealer.finish();
}

std::optional<std::string> opened(const SealKey& key, std::string_view text, std::size_t step) {
  Unsealer unsealer(key);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += step) {
    const auto piece = unsealer.write(text.substr(at, step));
    if (!piece) return std::nullopt;
    out += *piece;
  }
  const auto rest = unsealer.finish();
  return rest ? std::optional(out + *rest) : std::nullopt;
}

TEST(Sealed, OpensToWhatItWasWhateverItsLengthAndPieces) {
  const SealKey key = key_of("sixteen bytes or more");
  for (const std::size_t length : {0, 1, 65'535, 65'536, 65'537, 131'072, 200'000}) {
    const std::string text = random_bytes(length);
    for (const std::size_t step : {1'000U, 65'536U, 300'000U}) {
      const std::string closed = sealed(key, text, step);
      EXPECT_EQ(text, opened(key, closed, 7'777)) << length << " in pieces of " << step;
      if (length >= 32) {
        EXPECT_EQ(std::string::npos, closed.find(text.substr(0, 32)));
      }
    }
  }
}

TEST(Sealed, WhatWasAlteredCutOrSealedWithAnotherKeyDoesNotOpen) {
  const SealKey key = key_of("sixteen bytes or more");
  const std::string closed = sealed(key, std::string(150'000, 'x'), 50'000);
  EXPECT_FALSE(opened(key_of("another sixteen bytes"), closed, 100'000));
  for (const std::size_t at : {0UL, 30UL, 70'000UL, closed.size() - 1}) {
    std::string altered = closed;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_FALSE(opened(key, altered, 100'000)) << "byte " << at;
  }
  // Also where it is cut between two pieces.
  for (const std::size_t length : {0UL, 10UL, 24UL, 24 + 65'553UL, closed.size() - 1}) {
    EXPECT_FALSE(opened(key, std::string_view(closed).substr(0, length), 100'000)) << length;
  }
  EXPECT_FALSE(opened(key, closed + "more", 100'000));
}

TEST(Sealed, AKeyIsMadeOfASecretAndItsPurposeAlone) {
  EXPECT_EQ(key_of("sixteen bytes or more").view(), key_of("sixteen bytes or more").view());
  EXPECT_NE(SealKey::from_secret("sixteen bytes or more", "other")->view(),
            key_of("sixteen bytes or more").view());
  EXPECT_FALSE(SealKey::from_secret("too short", "test"));
}

}  // namespace
}  // namespace picsharz::crypto
