#include "image/copyright.h"

#include <algorithm>

#include "image/header_window.h"

namespace picsharz::image {
namespace {

constexpr std::size_t notice_max = 1'000;
constexpr std::uint32_t tag_copyright = 0x8298;
constexpr std::uint32_t type_ascii = 2;
constexpr std::uint32_t value_at = 8 + 2 + 12 + 4;  // behind the only directory

std::string half(std::uint32_t n) { return {static_cast<char>(n >> 8), static_cast<char>(n)}; }
std::string word(std::uint32_t n) { return half(n >> 16) + half(n & 0xffff); }

}  // namespace

std::string with_copyright(std::string_view jpeg, std::string_view notice) {
  if (notice.empty() || notice.size() > notice_max || jpeg.size() < 4) return std::string(jpeg);
  std::string text(notice);
  text.resize(std::max<std::size_t>(text.size() + 1, 5), '\0');  // up to 4 bytes stand elsewhere
  std::string exif("Exif\0\0MM\0*", 10);
  exif += word(8) + half(1) + half(tag_copyright) + half(type_ascii);
  exif += word(static_cast<std::uint32_t>(text.size())) + word(value_at) + word(0) + text;
  const auto length = static_cast<std::uint32_t>(exif.size() + 2);
  // JFIF wants its own segment first.
  std::size_t at = 2;
  if (jpeg.substr(2, 2) == "\xff\xe0" && jpeg.size() >= 6) at = 4 + big16(jpeg, 4);
  std::string out(jpeg.substr(0, at));
  out.append("\xff\xe1").append(half(length)).append(exif);
  return out.append(jpeg.substr(std::min(at, jpeg.size())));
}

}  // namespace picsharz::image
