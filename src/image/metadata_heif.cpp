// The Exif item of an ISO base media file (HEIF, AVIF). Source: ISO/IEC 14496-12, sections 8.11.3
// and 8.11.6; ISO/IEC 23008-12, annex A.2.
#include <cstdint>
#include <optional>

#include "image/header_window.h"
#include "image/metadata.h"

namespace picsharz::image {
namespace {

constexpr int boxes_max = 500;  // on one level
constexpr std::uint32_t items_max = 2'000;

// Takes numbers off the front; once one is missing, everything is 0.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  // 0 to 8 bytes, big-endian.
  std::uint64_t number(std::size_t size) {
    if (size > bytes_.size() || size > 8) sound_ = false;
    if (!sound_) return 0;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) number = number << 8 | byte_at(bytes_, i);
    bytes_.remove_prefix(size);
    return number;
  }
  bool sound() const { return sound_; }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
  bool sound_ = true;
};

// The content of the first box of that type; "" where there is none.
std::string_view find_box(std::string_view boxes, std::string_view type) {
  for (int i = 0; i < boxes_max && boxes.size() >= 8; ++i) {
    std::uint64_t size = big32(boxes, 0);
    std::size_t head = 8;
    if (size == 1 && boxes.size() >= 16) {
      size = std::uint64_t{big32(boxes, 8)} << 32 | big32(boxes, 12);
      head = 16;
    }
    if (size == 0) size = boxes.size();
    if (size < head || size > boxes.size()) return {};
    if (boxes.substr(4, 4) == type) return boxes.substr(head, size - head);
    boxes.remove_prefix(size);
  }
  return {};
}

std::optional<std::uint64_t> exif_item(std::string_view iinf) {
  Bytes head(iinf);
  const std::uint64_t version = head.number(4) >> 24;
  head.number(version == 0 ? 2 : 4);  // how many; the boxes say it themselves
  std::string_view boxes = head.rest();
  for (std::uint32_t i = 0; i < items_max && boxes.size() >= 8; ++i) {
    const std::size_t size = big32(boxes, 0);
    if (size < 8 || size > boxes.size()) return std::nullopt;
    Bytes entry(boxes.substr(8, size - 8));
    const std::uint64_t entry_version = entry.number(4) >> 24;
    const std::uint64_t id = entry.number(entry_version == 3 ? 4 : 2);
    entry.number(2);  // protection
    if (entry_version >= 2 && entry.rest().starts_with("Exif")) return id;
    boxes.remove_prefix(size);
  }
  return std::nullopt;
}

// Where the item lies in the file, where it lies there in one piece.
std::string_view item_bytes(std::string_view file, std::string_view iloc, std::uint64_t wanted) {
  Bytes box(iloc);
  const std::uint64_t version = box.number(4) >> 24;
  const std::uint64_t sizes = box.number(2);
  const std::size_t offset_size = sizes >> 12 & 15;
  const std::size_t length_size = sizes >> 8 & 15;
  const std::size_t base_size = sizes >> 4 & 15;
  const std::size_t index_size = version == 0 ? 0 : sizes & 15;
  const std::uint64_t count = box.number(version == 2 ? 4 : 2);
  for (std::uint64_t i = 0; i < count && i < items_max && box.sound(); ++i) {
    const std::uint64_t id = box.number(version == 2 ? 4 : 2);
    const std::uint64_t method = version == 0 ? 0 : box.number(2) & 15;
    box.number(2);  // data reference
    const std::uint64_t base = box.number(base_size);
    const std::uint64_t extents = box.number(2);
    for (std::uint64_t e = 0; e < extents && box.sound(); ++e) {
      box.number(index_size);
      const std::uint64_t offset = base + box.number(offset_size);
      const std::uint64_t length = box.number(length_size);
      if (id != wanted) continue;
      const bool inside = box.sound() && method == 0 && extents == 1 && offset >= base &&
                          offset <= file.size() && length <= file.size() - offset;
      return inside ? file.substr(offset, length) : std::string_view();
    }
  }
  return {};
}

}  // namespace

std::string_view find_heif_exif(std::string_view file) {
  std::string_view meta = find_box(file, "meta");
  if (meta.size() < 4) return {};
  meta.remove_prefix(4);  // version and flags
  const auto item = exif_item(find_box(meta, "iinf"));
  if (!item) return {};
  const std::string_view content = item_bytes(file, find_box(meta, "iloc"), *item);
  if (content.size() < 4) return {};
  const std::size_t skipped = big32(content, 0);
  return skipped > content.size() - 4 ? std::string_view() : content.substr(4 + skipped);
}

}  // namespace picsharz::image
