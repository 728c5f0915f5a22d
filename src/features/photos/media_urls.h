// Media URLs carry their authorisation: HMAC-SHA-256 over photo, rendition, expiry and epoch.
//
// What:      /media/<photo>/<rendition>?e=<expiry>&s=<signature> for a public photo of a public
//            account: no viewer in it, cacheable. With &a=<account> for all others: the account is
//            signed too, and the session is checked.
// Expiry:    a multiple of 12 hours, 12 to 24 hours ahead, so that a URL is stable and caches work.
// Threads:   immutable; the clock is shared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "crypto/crypto.h"

namespace picsharz::photos {

struct MediaClaim {
  PhotoId photo;
  std::string_view rendition;  // "320"
  std::int64_t epoch = 0;
  AccountId account{};       // 0: public
  std::int64_t expires = 0;  // seconds since 1970
};

class MediaSigner {
 public:
  MediaSigner(const crypto::HmacKey& key, const Clock& clock) : key_(key), clock_(clock) {}

  // Appends the URL to `out`.
  void append_url(std::string& out, PhotoId photo, std::string_view rendition, std::int64_t epoch,
                  AccountId account) const;
  // Until when append_url() would append the same.
  Micros stable_until() const;
  // Tells without the photo's epoch, so before anything is read.
  bool expired(std::int64_t expires) const;
  // In constant time. False where the claim expired or the signature is not ours.
  bool verify(const MediaClaim& claim, std::string_view signature) const;

 private:
  std::string signature(const MediaClaim& claim) const;  // 16 bytes, base64url

  const crypto::HmacKey& key_;
  const Clock& clock_;
};

}  // namespace picsharz::photos
