// PNG: the chunk list from IHDR to IEND. Nothing is inflated.
#include <algorithm>

#include "image/caps.h"
#include "image/exif.h"
#include "image/headers.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

constexpr std::int64_t signature_bytes = 8;
constexpr std::int64_t ihdr_bytes = 13;
constexpr std::int64_t chunk_overhead = 12;  // length, type, checksum

// ISO/IEC 15948 annex D, bit by bit: it is used for 17 bytes.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    crc ^= byte_at(bytes, i);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
  }
  return ~crc;
}

// Samples a pixel of a colour type, or 0 where type and depth do not go together.
int channels_of(std::uint32_t colour_type, std::uint32_t depth) {
  const bool small = depth == 1 || depth == 2 || depth == 4;
  const bool wide = depth == 8 || depth == 16;
  switch (colour_type) {
    case 0:
      return small || wide ? 1 : 0;
    case 2:
      return wide ? 3 : 0;
    case 3:
      return small || depth == 8 ? 1 : 0;
    case 4:
      return wide ? 2 : 0;
    case 6:
      return wide ? 4 : 0;
    default:
      return 0;
  }
}

class PngHeaderReader {
 public:
  explicit PngHeaderReader(HeaderWindow& file) : file_(file) { probe_.format = Format::png; }

  Result<Probe> read() {
    TRY(read_ihdr());
    std::int64_t offset = signature_bytes + chunk_overhead + ihdr_bytes;
    int counted = 1;
    while (true) {
      const std::string_view header = file_.at(offset, 8);
      if (header.size() < 8) break;  // no IEND: the decoder's matter
      const std::int64_t length = big32(header, 0);
      const std::uint32_t type = big32(header, 4);
      if (length > file_.size() - offset - chunk_overhead)
        return image_corrupt("png: chunk length");
      const bool data = type == tag("IDAT") && length >= caps::png_small_data_chunk;
      if (!data && ++counted > caps::png_chunks) return image_too_large("png: chunks");
      if (type == tag("IEND")) break;
      TRY(read_chunk(type, offset + 8, length));
      offset += length + chunk_overhead;
    }
    if (!data_) return image_corrupt("png: no data");
    return probe_;
  }

 private:
  static constexpr std::uint32_t tag(const char (&name)[5]) {
    return static_cast<std::uint32_t>(name[0]) << 24 | static_cast<std::uint32_t>(name[1]) << 16 |
           static_cast<std::uint32_t>(name[2]) << 8 | static_cast<std::uint32_t>(name[3]);
  }

  Result<void> read_ihdr() {
    const std::string_view chunk =
        file_.at(signature_bytes, static_cast<std::size_t>(chunk_overhead + ihdr_bytes));
    if (chunk.size() < chunk_overhead + ihdr_bytes || big32(chunk, 0) != ihdr_bytes ||
        big32(chunk, 4) != tag("IHDR")) {
      return image_corrupt("png: no header");
    }
    if (crc32(chunk.substr(4, 17)) != big32(chunk, 21))
      return image_corrupt("png: header checksum");
    const std::uint32_t width = big32(chunk, 8);
    const std::uint32_t height = big32(chunk, 12);
    constexpr std::uint32_t largest = 0x7fffffff;
    probe_.width = static_cast<int>(std::min(width, largest));
    probe_.height = static_cast<int>(std::min(height, largest));
    TRY(check_dimensions(probe_));
    probe_.bits = static_cast<int>(byte_at(chunk, 16));
    colour_type_ = byte_at(chunk, 17);
    probe_.channels = channels_of(colour_type_, byte_at(chunk, 16));
    if (probe_.channels == 0) return image_corrupt("png: colour type");
    probe_.alpha = colour_type_ == 4 || colour_type_ == 6;
    return {};
  }

  Result<void> read_chunk(std::uint32_t type, std::int64_t offset, std::int64_t length) {
    if (type == tag("IDAT")) {
      if (colour_type_ == 3 && !palette_) return image_corrupt("png: no palette");
      data_ = data_ || length > 0;
    } else if (type == tag("PLTE")) {
      palette_ = true;
    } else if (type == tag("tRNS")) {
      probe_.alpha = true;
    } else if (type == tag("iCCP")) {
      probe_.icc = true;
    } else if (type == tag("eXIf")) {
      const auto count = static_cast<std::size_t>(std::min(length, caps::exif_bytes));
      probe_.orientation = exif_orientation(file_.at(offset, count));
    }
    return {};
  }

  HeaderWindow& file_;
  Probe probe_;
  std::uint32_t colour_type_ = 0;
  bool palette_ = false;
  bool data_ = false;
};

}  // namespace

Result<Probe> read_png_header(HeaderWindow& file) { return PngHeaderReader(file).read(); }

}  // namespace picsharz::image
