// CRC-32 as ZIP has it (ISO-HDLC), of bytes that come in pieces.
//
// Threads:   not shared.
#pragma once

#include <cstdint>
#include <string_view>

namespace picsharz::zip {

class Crc32 {
 public:
  void update(std::string_view bytes);
  std::uint32_t value() const { return value_; }

 private:
  std::uint32_t value_ = 0;
};

}  // namespace picsharz::zip
