#include "image/header_window.h"

#include <algorithm>

namespace picsharz::image {

std::string_view HeaderWindow::at(std::int64_t offset, std::size_t count) {
  if (offset < 0 || offset >= size_) return {};
  count = std::min({count, block_, static_cast<std::size_t>(size_ - offset)});
  const std::int64_t end = offset + static_cast<std::int64_t>(count);
  if (offset < start_ || end > start_ + static_cast<std::int64_t>(bytes_.size())) {
    bytes_ = read_(offset, std::min(block_, static_cast<std::size_t>(size_ - offset)));
    if (bytes_.size() > block_) bytes_.resize(block_);
    start_ = offset;
  }
  return std::string_view(bytes_).substr(static_cast<std::size_t>(offset - start_), count);
}

std::string_view HeaderWindow::from(std::int64_t offset) {
  if (at(offset, 1).empty()) return {};
  return std::string_view(bytes_).substr(static_cast<std::size_t>(offset - start_));
}

}  // namespace picsharz::image
