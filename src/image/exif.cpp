#include "image/exif.h"

#include <cstdint>

#include "image/header_window.h"

namespace picsharz::image {
namespace {

constexpr std::uint32_t tag_orientation = 0x0112;
constexpr std::uint32_t type_short = 3;
constexpr std::size_t entry_bytes = 12;

}  // namespace

int exif_orientation(std::string_view tiff) {
  if (tiff.size() < 8) return 1;
  const bool little = tiff.starts_with(std::string_view("II*\0", 4));
  if (!little && !tiff.starts_with(std::string_view("MM\0*", 4))) return 1;
  const auto read16 = [&](std::size_t at) { return little ? little16(tiff, at) : big16(tiff, at); };
  const auto read32 = [&](std::size_t at) { return little ? little32(tiff, at) : big32(tiff, at); };

  const std::size_t directory = read32(4);
  if (directory < 8 || directory > tiff.size() - 2) return 1;
  const std::size_t entries = read16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + i * entry_bytes;
    if (at + entry_bytes > tiff.size()) return 1;
    if (read16(at) != tag_orientation) continue;
    const std::uint32_t value = read16(at + 8);
    const bool sound = read16(at + 2) == type_short && read32(at + 4) == 1;
    return sound && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace picsharz::image
