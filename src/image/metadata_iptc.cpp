#include <algorithm>

#include "image/header_window.h"
#include "image/metadata.h"
#include "image/metadata_text.h"

namespace picsharz::image {
namespace {

constexpr int datasets_max = 1'000;
constexpr std::uint32_t set_keyword = 25;
constexpr std::uint32_t set_byline = 80;
constexpr std::uint32_t set_copyright = 116;
constexpr std::uint32_t set_caption = 120;

void take(std::string& text, std::string_view value, std::size_t max) {
  if (text.empty()) text = readable_text(value, max);
}

void take_keyword(std::vector<std::string>& keywords, std::string_view value) {
  std::string keyword = readable_text(value, 64);
  if (keyword.empty() || keywords.size() >= MetadataRecord::keywords_max) return;
  if (std::ranges::find(keywords, keyword) == keywords.end()) keywords.push_back(keyword);
}

}  // namespace

// Datasets: 0x1c, record, number, two bytes of length. Longer lengths (the highest bit) hold
// pictures, not words: reading ends there.
void read_iptc(std::string_view bytes, Metadata& metadata) {
  for (int i = 0; i < datasets_max && bytes.size() >= 5 && bytes[0] == '\x1c'; ++i) {
    const std::uint32_t record = byte_at(bytes, 1);
    const std::uint32_t number = byte_at(bytes, 2);
    const std::size_t length = big16(bytes, 3);
    bytes.remove_prefix(5);
    if (length > bytes.size()) return;
    const std::string_view value = bytes.substr(0, length);
    bytes.remove_prefix(length);
    if (record != 2) continue;
    if (number == set_keyword) take_keyword(metadata.keywords, value);
    if (number == set_byline) take(metadata.artist, value, 128);
    if (number == set_copyright) take(metadata.copyright, value, 256);
    if (number == set_caption) take(metadata.caption, value, 2'000);
  }
}

}  // namespace picsharz::image
