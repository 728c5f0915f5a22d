#include "image/test_pictures.h"

#include <webp/encode.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <jpeglib.h>

#include "image/colour.h"
#include "image/jpeg_codec.h"
#include "image/orient.h"
#include "image/vips_pictures.h"
#include "support/repository.h"

namespace picsharz::image::test {
namespace {

std::string big32_bytes(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
  }
  return ~crc;
}

// A zlib stream of stored blocks: no compressor is needed.
std::string zlib_stored(std::string_view data) {
  std::string out("\x78\x01");
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : data) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  constexpr std::size_t longest = 65535;
  do {
    const auto length = static_cast<unsigned>(std::min(data.size(), longest));
    out += length == data.size() ? '\1' : '\0';
    out += {static_cast<char>(length), static_cast<char>(length >> 8), static_cast<char>(~length),
            static_cast<char>(~length >> 8)};
    out += data.substr(0, length);
    data.remove_prefix(length);
  } while (!data.empty());
  return out + big32_bytes(b << 16 | a);
}

Turn inverse_turn(int orientation) {
  // Turning by 90 degrees is undone by turning the other way; all else undoes itself.
  return turn_of(orientation == 6 ? 8 : orientation == 8 ? 6 : orientation);
}

}  // namespace

Raster scene(int width, int height, int bands) {
  Raster raster{width, height, bands, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool corner = x < width / 3 && y < height / 3;
      raster.samples.push_back(static_cast<std::uint8_t>(corner ? 230 : 40 + 150 * x / width));
      raster.samples.push_back(static_cast<std::uint8_t>(corner ? 40 : 40 + 150 * y / height));
      raster.samples.push_back(static_cast<std::uint8_t>(60 + 100 * (x + y) / (width + height)));
      if (bands == 4) raster.samples.push_back(static_cast<std::uint8_t>(255 * x / width));
    }
  }
  return raster;
}

Raster stored_scene(int width, int height, int orientation) {
  return turn(scene(width, height), inverse_turn(orientation));
}

std::string jpeg_of(const Raster& rgb, int quality) { return encode_jpeg(to_yuv(rgb), quality); }

std::string progressive_jpeg(int width, int height, int scans) {
  jpeg_compress_struct codec{};
  jpeg_error_mgr errors{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &out, &size);
  codec.image_width = static_cast<unsigned>(width);
  codec.image_height = static_cast<unsigned>(height);
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);
  // First the constant terms of all components, then luma in bands, the last as wide as needed.
  std::vector<jpeg_scan_info> script(static_cast<std::size_t>(scans));
  script[0] = {3, {0, 1, 2}, 0, 0, 0, 0};
  for (int i = 1; i < scans; ++i) {
    script[static_cast<std::size_t>(i)] = {1, {0}, i, i == scans - 1 ? 63 : i, 0, 0};
  }
  codec.scan_info = script.data();
  codec.num_scans = scans;
  jpeg_start_compress(&codec, TRUE);
  Raster raster = scene(width, height);
  for (int y = 0; y < height; ++y) {
    JSAMPROW row = raster.samples.data() + std::ptrdiff_t{3} * width * y;
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string bytes(reinterpret_cast<char*>(out), size);
  std::free(out);
  return bytes;
}

std::string png_chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  return big32_bytes(static_cast<std::uint32_t>(data.size())) + body + big32_bytes(crc32(body));
}

std::string png_header(std::uint32_t width, std::uint32_t height, int bits, int colour_type) {
  std::string header = big32_bytes(width) + big32_bytes(height);
  header += {static_cast<char>(bits), static_cast<char>(colour_type), 0, 0, 0};
  return std::string("\x89PNG\r\n\x1a\n", 8) + png_chunk("IHDR", header);
}

std::string png_of(int width, int height, int bits, int colour_type, std::string_view samples,
                   std::string_view extra_chunks) {
  const std::size_t row = samples.size() / static_cast<std::size_t>(height);
  std::string filtered;
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
    filtered += '\0';
    filtered += samples.substr(y * row, row);
  }
  return png_header(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), bits,
                    colour_type) +
         std::string(extra_chunks) + png_chunk("IDAT", zlib_stored(filtered)) +
         png_chunk("IEND", "");
}

std::string png_of(const Raster& raster) {
  const std::string_view samples(reinterpret_cast<const char*>(raster.samples.data()),
                                 raster.samples.size());
  return png_of(raster.width, raster.height, 8, raster.bands == 4 ? 6 : 2, samples);
}

std::string lossless_webp_of(const Raster& raster) {
  std::uint8_t* out = nullptr;
  const std::size_t size = raster.bands == 4
                               ? WebPEncodeLosslessRGBA(raster.samples.data(), raster.width,
                                                        raster.height, raster.width * 4, &out)
                               : WebPEncodeLosslessRGB(raster.samples.data(), raster.width,
                                                       raster.height, raster.width * 3, &out);
  std::string bytes(reinterpret_cast<char*>(out), size);
  WebPFree(out);
  return bytes;
}

std::string exif_with_orientation(int orientation, bool little) {
  const char value = static_cast<char>(orientation);
  if (little) {
    return std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + value +
           std::string("\0\0\0\0\0\0\0", 7);
  }
  return std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + value +
         std::string("\0\0\0\0\0\0", 6);
}

std::string with_segment(std::string_view jpeg, int marker, std::string_view payload) {
  const std::size_t length = payload.size() + 2;
  std::string segment{'\xff', static_cast<char>(marker), static_cast<char>(length >> 8),
                      static_cast<char>(length)};
  return std::string(jpeg.substr(0, 2)) + segment + std::string(payload) +
         std::string(jpeg.substr(2));
}

std::string with_exif(std::string_view jpeg, int orientation) {
  return with_segment(jpeg, 0xe1, std::string("Exif\0\0", 6) + exif_with_orientation(orientation));
}

Result<Probe> probe_bytes(std::string_view bytes, const Formats& accepted) {
  return probe(
      static_cast<std::int64_t>(bytes.size()),
      [bytes](std::int64_t offset, std::size_t count) {
        return std::string(bytes.substr(static_cast<std::size_t>(offset), count));
      },
      accepted);
}

Raster decode(std::string_view bytes) {
  const auto found = probe_bytes(bytes);
  if (!found) return {};
  auto raster = load_with_vips(bytes, *found, {found->width, found->height});
  if (!raster) return {};
  return raster->bands == 4 ? over_white(*raster) : *raster;
}

double mean_difference(const Raster& a, const Raster& b) {
  if (a.width != b.width || a.height != b.height || a.samples.size() != b.samples.size() ||
      a.samples.empty()) {
    return 255;
  }
  double sum = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i) sum += std::abs(a.samples[i] - b.samples[i]);
  return sum / static_cast<double>(a.samples.size());
}

const Rendition* rendition(const Developed& developed, int size) {
  for (const Rendition& one : developed.renditions) {
    if (one.size == size) return &one;
  }
  return nullptr;
}

std::filesystem::path shared_folder() { return picsharz::test::shared_folder(); }

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

}  // namespace picsharz::image::test
