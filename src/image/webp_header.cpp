// WebP: simple files (VP8, VP8L) and the extended container (VP8X), animated ones included.
#include <algorithm>

#include "image/caps.h"
#include "image/exif.h"
#include "image/headers.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

constexpr std::int64_t riff_header = 12;
constexpr std::int64_t chunk_header = 8;
constexpr std::uint32_t flag_icc = 0x20;
constexpr std::uint32_t flag_alpha = 0x10;

class WebpHeaderReader {
 public:
  explicit WebpHeaderReader(HeaderWindow& file) : file_(file) { probe_.format = Format::webp; }

  Result<Probe> read() {
    const std::int64_t end = chunk_header + little32(file_.at(0, 12), 4);
    if (end > file_.size()) return image_corrupt("webp: shorter than it says");
    std::int64_t offset = riff_header;
    for (int chunks = 0; chunks < caps::webp_chunks; ++chunks) {
      const std::string_view header = file_.at(offset, 8);
      if (header.size() < 8 || offset + chunk_header > end) return finish();
      const std::string type(header.substr(0, 4));
      const std::int64_t length = little32(header, 4);
      const std::int64_t data = offset + chunk_header;
      if (length > end - data) return image_corrupt("webp: chunk length");
      TRY(read_chunk(type, data, length));
      if (!extended_) return finish();  // a simple file: what follows the picture is ignored
      offset = data + length + (length & 1);
    }
    return image_too_large("webp: chunks");
  }

 private:
  Result<Probe> finish() {
    if (!picture_) return image_corrupt("webp: no picture");
    probe_.frames = std::max(1, frames_);
    return probe_;
  }

  Result<void> read_chunk(const std::string& type, std::int64_t offset, std::int64_t length) {
    if (type == "VP8 ") return read_lossy(offset, length);
    if (type == "VP8L") return read_lossless(offset, length);
    if (type == "VP8X") return read_extended(offset, length);
    if (type == "ANMF") return read_frame(offset, length);
    if (type == "ALPH") probe_.alpha = true;
    if (type == "EXIF") {
      const auto count = static_cast<std::size_t>(std::min(length, caps::exif_bytes));
      std::string_view tiff = file_.at(offset, count);
      constexpr std::string_view prefix("Exif\0\0", 6);  // of JPEG; some writers copy it
      if (tiff.starts_with(prefix)) tiff.remove_prefix(prefix.size());
      probe_.orientation = exif_orientation(tiff);
    }
    return {};
  }

  Result<void> set_size(std::uint32_t width, std::uint32_t height) {
    picture_ = true;
    // libwebp refuses a still picture that does not fill its canvas: the two must not differ.
    if (extended_) {
      const bool same =
          static_cast<int>(width) == probe_.width && static_cast<int>(height) == probe_.height;
      if (!same) return image_corrupt("webp: picture and canvas differ");
      return {};
    }
    probe_.width = static_cast<int>(width);
    probe_.height = static_cast<int>(height);
    return check_dimensions(probe_);
  }

  Result<void> read_lossy(std::int64_t offset, std::int64_t length) {
    const std::string_view bytes = file_.at(offset, 10);
    if (length <= 10 || bytes.size() < 10 || bytes.substr(3, 3) != "\x9d\x01\x2a") {
      return image_corrupt("webp: lossy header");
    }
    return set_size(little16(bytes, 6) & 0x3fff, little16(bytes, 8) & 0x3fff);
  }

  Result<void> read_lossless(std::int64_t offset, std::int64_t length) {
    const std::string_view bytes = file_.at(offset, 5);
    if (length <= 5 || bytes.size() < 5 || bytes[0] != '\x2f') {
      return image_corrupt("webp: lossless header");
    }
    const std::uint32_t bits = little32(bytes, 1);
    if (bits >> 28 & 1) probe_.alpha = true;
    return set_size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
  }

  Result<void> read_extended(std::int64_t offset, std::int64_t length) {
    const std::string_view bytes = file_.at(offset, 10);
    if (extended_ || picture_ || length < 10 || bytes.size() < 10) {
      return image_corrupt("webp: extended header");
    }
    extended_ = true;
    probe_.alpha = byte_at(bytes, 0) & flag_alpha;
    probe_.icc = byte_at(bytes, 0) & flag_icc;
    probe_.width = static_cast<int>(little24(bytes, 4)) + 1;
    probe_.height = static_cast<int>(little24(bytes, 7)) + 1;
    return check_dimensions(probe_);
  }

  Result<void> read_frame(std::int64_t offset, std::int64_t length) {
    const std::string_view bytes = file_.at(offset, 16);
    if (!extended_ || length <= 16 || bytes.size() < 16) return image_corrupt("webp: frame header");
    picture_ = true;
    frame_pixels_ += (static_cast<std::int64_t>(little24(bytes, 6)) + 1) *
                     (static_cast<std::int64_t>(little24(bytes, 9)) + 1);
    if (++frames_ > caps::frames) return image_too_large("webp: frames");
    if (frame_pixels_ > caps::frame_pixels) return image_too_large("webp: pixels of all frames");
    return {};
  }

  HeaderWindow& file_;
  Probe probe_;
  bool extended_ = false;
  bool picture_ = false;
  int frames_ = 0;
  std::int64_t frame_pixels_ = 0;
};

}  // namespace

Result<Probe> read_webp_header(HeaderWindow& file) { return WebpHeaderReader(file).read(); }

}  // namespace picsharz::image
