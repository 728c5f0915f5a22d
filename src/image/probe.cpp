#include "image/probe.h"

#include <optional>

#include "image/caps.h"
#include "image/headers.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

std::optional<Format> sniff(std::string_view head) {
  if (head.starts_with("\xff\xd8\xff")) return Format::jpeg;
  if (head.starts_with(std::string_view("\x89PNG\r\n\x1a\n", 8))) return Format::png;
  if (head.size() >= 12 && head.starts_with("RIFF") && head.substr(8, 4) == "WEBP") {
    return Format::webp;
  }
  if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return Format::gif;
  if (head.size() >= 12 && head.substr(4, 4) == "ftyp") return Format::heic;  // or AVIF, or neither
  return std::nullopt;
}

Result<Probe> read_header(Format format, HeaderWindow& file, const Formats& accepted) {
  switch (format) {
    case Format::jpeg:
      return read_jpeg_header(file);
    case Format::png:
      return read_png_header(file);
    case Format::webp:
      return read_webp_header(file);
    case Format::gif:
      return read_gif_header(file);
    case Format::avif:
    case Format::heic:
      return read_heif_header(file, accepted);
  }
  return unsupported_format(accepted);
}

std::int64_t pixel_cap(Format format) {
  switch (format) {
    case Format::jpeg:
      return caps::jpeg_pixels;
    case Format::png:
      return caps::png_pixels;
    case Format::webp:
      return caps::webp_pixels;
    case Format::gif:
      return caps::gif_pixels;
    case Format::avif:
    case Format::heic:
      return caps::heif_pixels;
  }
  return 0;
}

// A file too short for its header's dimensions has lost its data, or lies.
Result<void> check_ratio(const Probe& probe, std::int64_t size) {
  // A flat picture of 100x100 has 28 bytes as WebP; the others are as good.
  if (probe.format != Format::jpeg && probe.format != Format::png) return {};
  const std::int64_t row_bits = std::int64_t{probe.width} * probe.channels * probe.bits;
  const std::int64_t bytes = (row_bits + 7) / 8 * probe.height;
  if (bytes / caps::ratio > size) return image_corrupt("far too short for its dimensions");
  return {};
}

}  // namespace

Result<void> check_dimensions(const Probe& probe) {
  const std::int64_t width = probe.width;
  const std::int64_t height = probe.height;
  if (width <= 0 || height <= 0) return image_corrupt("no pixels");
  const bool heif = probe.format == Format::avif || probe.format == Format::heic;
  const std::int64_t side = heif ? caps::heif_side : caps::side;
  if (width > side || height > side) return image_too_large("side");
  if (width * height > pixel_cap(probe.format)) return image_too_large("pixels");
  return {};
}

Result<Probe> probe(std::int64_t size, const ReadAt& read, const Formats& accepted) {
  if (size <= 0) return image_empty();
  HeaderWindow file(size, read, header_block_bytes);
  const std::optional<Format> format = sniff(file.at(0, 12));
  if (!format) return unsupported_format(accepted);
  TRY_ASSIGN(const Probe found, read_header(*format, file, accepted));
  TRY(check_ratio(found, size));
  return found;
}

Result<Probe> probe(const FileHandle& file) {
  const auto read = [&](std::int64_t offset, std::size_t count) {
    return file.read(offset, count);
  };
  return probe(file.size(), read, Formats{});
}

}  // namespace picsharz::image
