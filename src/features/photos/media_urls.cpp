#include "features/photos/media_urls.h"

#include <charconv>
#include <iterator>

namespace picsharz::photos {

namespace {

constexpr std::int64_t period = 12 * 60 * 60;  // seconds
constexpr std::size_t signature_bytes = 16;

void append_number(std::string& out, std::int64_t number) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out.append(digits, end);
}

}  // namespace

std::string MediaSigner::signature(const MediaClaim& claim) const {
  std::string message = "media:";
  append_number(message, claim.photo.value);
  message.append("/").append(claim.rendition);
  for (const std::int64_t number : {claim.expires, claim.epoch, claim.account.value}) {
    message += ':';
    append_number(message, number);
  }
  return crypto::base64url(crypto::view(key_.sign(message)).substr(0, signature_bytes));
}

void MediaSigner::append_url(std::string& out, PhotoId photo, std::string_view rendition,
                             std::int64_t epoch, AccountId account) const {
  const std::int64_t expires = (clock_.now() / second / period + 2) * period;
  out += "/media/";
  append_number(out, photo.value);
  out.append("/").append(rendition).append("?e=");
  append_number(out, expires);
  if (account) {
    out += "&a=";
    append_number(out, account.value);
  }
  out.append("&s=").append(signature({photo, rendition, epoch, account, expires}));
}

Micros MediaSigner::stable_until() const {
  return (clock_.now() / second / period + 1) * period * second;
}

bool MediaSigner::expired(std::int64_t expires) const { return expires <= clock_.now() / second; }

bool MediaSigner::verify(const MediaClaim& claim, std::string_view signature_given) const {
  return !expired(claim.expires) && crypto::equal(signature(claim), signature_given);
}

}  // namespace picsharz::photos
