#include "image/metadata_text.h"

#include "base/json.h"

namespace picsharz::image {
namespace {

bool is_control(unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; }

std::string latin1_to_utf8(std::string_view bytes) {
  std::string text;
  for (const char each : bytes) {
    const auto c = static_cast<unsigned char>(each);
    if (c >= 0x80 && c < 0xa0) {
      text += ' ';  // controls of Latin-1
    } else if (c >= 0x80) {
      text += static_cast<char>(0xc0 | c >> 6);
      text += static_cast<char>(0x80 | (c & 0x3f));
    } else {
      text += each;
    }
  }
  return text;
}

}  // namespace

std::string readable_text(std::string_view bytes, std::size_t max) {
  std::string text(bytes.substr(0, max));
  for (char& c : text) {
    if (is_control(static_cast<unsigned char>(c))) c = ' ';
  }
  if (!count_characters(text)) {
    // Perhaps it was only cut within a character.
    std::string whole = text;
    for (int i = 0; i < 3 && !whole.empty() && !count_characters(whole); ++i) whole.pop_back();
    const bool cut = bytes.size() > max && count_characters(whole);
    text = cut ? whole : latin1_to_utf8(text);
  }
  const std::size_t first = text.find_first_not_of(" \n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \n") - first + 1);
}

}  // namespace picsharz::image
