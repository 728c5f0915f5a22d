// Opaque, signed cursors: where the next page of a list begins.
//
// What:      base64url of the position's two numbers and 8 bytes of HMAC-SHA-256 over them and the
//            name of the list, so that a cursor of one list is refused by another.
// Threads:   immutable.
#pragma once

#include <string>
#include <string_view>

#include "base/page.h"
#include "crypto/crypto.h"

namespace picsharz::crypto {

class CursorCodec {
 public:
  explicit CursorCodec(const HmacKey& key) : key_(key) {}
  std::string encode(std::string_view list, const Position& position) const;
  // invalid_cursor where it was not made by encode() for this list.
  Result<Position> decode(std::string_view list, std::string_view cursor) const;

 private:
  std::string mac(std::string_view list, std::string_view numbers) const;

  const HmacKey& key_;
};

}  // namespace picsharz::crypto
