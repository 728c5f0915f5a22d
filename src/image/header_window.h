// A bounded view into a file that is being probed: one block in memory, moved as needed.
//
// Threads:   one thread.
// Ownership: borrows the reader. A view is good until the next call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "image/probe.h"

namespace picsharz::image {

class HeaderWindow {
 public:
  HeaderWindow(std::int64_t size, const ReadAt& read, std::size_t block)
      : size_(size), read_(read), block_(block) {}

  std::int64_t size() const { return size_; }
  std::size_t block() const { return block_; }

  // `count` bytes (at most a block) at `offset`; fewer at the end of the file.
  std::string_view at(std::int64_t offset, std::size_t count);
  // All that is buffered from `offset` on, at least one byte unless the file ends there.
  std::string_view from(std::int64_t offset);

 private:
  std::int64_t size_;
  const ReadAt& read_;
  std::size_t block_;
  std::int64_t start_ = 0;
  std::string bytes_;
};

// Numbers in a view whose length the caller has checked.
inline std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}
inline std::uint32_t big16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}
inline std::uint32_t big32(std::string_view bytes, std::size_t at) {
  return big16(bytes, at) << 16 | big16(bytes, at + 2);
}
inline std::uint32_t little16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}
inline std::uint32_t little24(std::string_view bytes, std::size_t at) {
  return little16(bytes, at) | byte_at(bytes, at + 2) << 16;
}
inline std::uint32_t little32(std::string_view bytes, std::size_t at) {
  return little16(bytes, at) | little16(bytes, at + 2) << 16;
}

}  // namespace picsharz::image
