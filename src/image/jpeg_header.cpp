// JPEG: segments up to the first scan, then, where there can be several scans, a walk over the
// markers.
#include <algorithm>
#include <optional>

#include "image/caps.h"
#include "image/exif.h"
#include "image/headers.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

enum Marker : std::uint32_t {
  soi = 0xd8,
  eoi = 0xd9,
  sos = 0xda,
  app1 = 0xe1,
  app2 = 0xe2,
};

bool stands_alone(std::uint32_t marker) {
  return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

// SOF0..SOF15 without DHT, JPG and DAC, which share the range.
bool is_frame(std::uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// Baseline, extended and progressive, Huffman or arithmetic; the rest is lossless or hierarchical.
bool is_decodable_frame(std::uint32_t marker) {
  return marker <= 0xc2 || marker == 0xc9 || marker == 0xca;
}

struct Found {
  std::uint32_t marker = 0;
  std::int64_t behind = 0;  // the offset after the marker's two bytes
};

// The next marker at or after `offset`. Bytes between segments, fill bytes and stuffed zeros are
// passed over, as decoders do.
std::optional<Found> next_marker(HeaderWindow& file, std::int64_t offset) {
  while (true) {
    const std::string_view bytes = file.from(offset);
    if (bytes.empty()) return std::nullopt;
    const std::size_t at = bytes.find('\xff');
    if (at == std::string_view::npos) {
      offset += static_cast<std::int64_t>(bytes.size());
      continue;
    }
    offset += static_cast<std::int64_t>(at);
    const std::string_view pair = file.at(offset, 2);
    if (pair.size() < 2) return std::nullopt;
    const std::uint32_t code = byte_at(pair, 1);
    if (code == 0xff) {
      offset += 1;
    } else if (code == 0) {
      offset += 2;
    } else {
      return Found{code, offset + 2};
    }
  }
}

// The length of the segment whose marker ends at `behind`, or 0 where it does not fit into the
// file.
std::int64_t segment_length(HeaderWindow& file, std::int64_t behind) {
  const std::string_view bytes = file.at(behind, 2);
  if (bytes.size() < 2) return 0;
  const std::int64_t length = big16(bytes, 0);
  return length >= 2 && behind + length <= file.size() ? length : 0;
}

class JpegHeaderReader {
 public:
  explicit JpegHeaderReader(HeaderWindow& file) : file_(file) { probe_.format = Format::jpeg; }

  Result<Probe> read() {
    std::int64_t offset = 2;
    for (int i = 0; i < caps::jpeg_segments; ++i) {
      const auto found = next_marker(file_, offset);
      if (!found || found->marker == eoi) return image_corrupt("jpeg: no scan");
      if (found->marker == soi) return image_corrupt("jpeg: a second start of image");
      offset = found->behind;
      if (stands_alone(found->marker)) continue;
      const std::int64_t length = segment_length(file_, offset);
      if (length == 0) return image_corrupt("jpeg: segment length");
      if (found->marker == sos) return read_scans(offset, length);
      TRY(read_segment(found->marker, offset + 2, length - 2));
      offset += length;
    }
    return image_too_large("jpeg: segments");
  }

 private:
  Result<void> read_segment(std::uint32_t marker, std::int64_t offset, std::int64_t length) {
    if (is_frame(marker)) return read_frame(marker, offset, length);
    const std::string_view bytes = file_.at(offset, static_cast<std::size_t>(length));
    constexpr std::string_view exif("Exif\0\0", 6);
    if (marker == app1 && bytes.starts_with(exif) && !exif_seen_) {
      exif_seen_ = true;
      probe_.orientation = exif_orientation(bytes.substr(exif.size()));
    }
    if (marker == app2 && bytes.starts_with(std::string_view("ICC_PROFILE\0", 12))) {
      probe_.icc = true;
    }
    return {};
  }

  Result<void> read_frame(std::uint32_t marker, std::int64_t offset, std::int64_t length) {
    const std::string_view bytes = file_.at(offset, static_cast<std::size_t>(length));
    if (frame_ != 0) return image_corrupt("jpeg: a second frame");
    if (!is_decodable_frame(marker)) return image_corrupt("jpeg: lossless or hierarchical");
    if (bytes.size() < 6) return image_corrupt("jpeg: frame header");
    frame_ = marker;
    probe_.bits = static_cast<int>(byte_at(bytes, 0));
    probe_.height = static_cast<int>(big16(bytes, 1));
    probe_.width = static_cast<int>(big16(bytes, 3));
    probe_.channels = static_cast<int>(byte_at(bytes, 5));
    TRY(check_dimensions(probe_));
    const bool known = probe_.channels == 1 || probe_.channels == 3 || probe_.channels == 4;
    if (!known || bytes.size() < 6U + 3U * static_cast<unsigned>(probe_.channels)) {
      return image_corrupt("jpeg: components");
    }
    if (probe_.bits != 8) return image_corrupt("jpeg: sample precision");
    return {};
  }

  // `offset` is at the length of the first scan's header.
  Result<Probe> read_scans(std::int64_t offset, std::int64_t length) {
    if (frame_ == 0) return image_corrupt("jpeg: a scan before the frame");
    const std::string_view header = file_.at(offset + 2, 1);
    if (length < 3 || header.empty()) return image_corrupt("jpeg: scan header");
    const int components = static_cast<int>(byte_at(header, 0));
    const std::int64_t data = offset + length;
    const std::string_view first = file_.at(data, 2);
    if (first.empty() || first == "\xff\xd9") return image_corrupt("jpeg: a scan without data");
    const bool sequential = frame_ == 0xc0 || frame_ == 0xc1 || frame_ == 0xc9;
    // A sequential scan with every component is the whole picture: decoders stop after it.
    if (!sequential || components < probe_.channels) TRY(count_scans(data));
    return probe_;
  }

  Result<void> count_scans(std::int64_t offset) {
    int scans = 1;
    while (const auto found = next_marker(file_, offset)) {
      offset = found->behind;
      if (stands_alone(found->marker)) continue;
      if (found->marker == eoi) break;
      if (found->marker == sos && ++scans > caps::jpeg_scans) return image_too_large("jpeg: scans");
      offset += std::max<std::int64_t>(2, segment_length(file_, offset));
    }
    return {};
  }

  HeaderWindow& file_;
  Probe probe_;
  std::uint32_t frame_ = 0;
  bool exif_seen_ = false;
};

}  // namespace

Result<Probe> read_jpeg_header(HeaderWindow& file) { return JpegHeaderReader(file).read(); }

}  // namespace picsharz::image
