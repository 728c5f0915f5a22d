// What the image room knows about a picture. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picsharz::image {

enum class Format { jpeg = 1, png = 2, webp = 3, gif = 4, avif = 5, heic = 6 };

std::string_view format_name(Format format);   // "jpeg"
std::string_view content_type(Format format);  // "image/jpeg"
// In the container of ISO/IEC 23008-12.
constexpr bool is_heif(Format format) { return format == Format::avif || format == Format::heic; }

// What uploads may be. JPEG, PNG, WebP and GIF always; the two that need the sandbox by choice.
struct Formats {
  bool avif = true;
  bool heic = true;
  bool contains(Format format) const;
};

// "image/jpeg", "image/png", ...; HEIC under both of its names.
std::vector<std::string_view> content_types(const Formats& accepted);
// "JPEG, PNG, WebP or GIF"
std::string format_list(const Formats& accepted);

// What the header says; nothing is decoded.
struct Probe {
  Format format = Format::jpeg;
  int width = 0;  // as stored
  int height = 0;
  int orientation = 1;  // EXIF 1..8
  int channels = 3;
  int bits = 8;
  int frames = 1;
  bool alpha = false;
  bool icc = false;  // a profile is embedded
  int display_width() const { return orientation >= 5 ? height : width; }
  int display_height() const { return orientation >= 5 ? width : height; }
};

// 8-bit sRGB, rows without padding, orientation applied.
struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

// One of the colours a picture is made of.
struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  int share = 0;  // of the picture, in thousandths
};

struct Rendition {
  int size = 0;  // 320, 640, 1280, 2048: its name; 0 of the picture for downloads
  Format format = Format::webp;
  int width = 0;
  int height = 0;
  std::string bytes;  // encoded, free of metadata
};

// What is made beside the development, each by a decode of its own, when somebody wants it.
enum class Extra : std::int32_t {
  full_size = 1,  // for downloads: a JPEG in sRGB, with the profile
  large = 2,      // 2048: a JPEG, a WebP where the picture has alpha
  avif = 3,       // 640 and 1280 once more, as AVIF
  mail = 4,       // 320 as a JPEG, which every mail program shows; what is see-through is white
};

struct GeoPosition {
  double latitude = 0;  // degrees, north and east are positive
  double longitude = 0;
};

// What the file says about its picture (image/metadata.h). Nothing said is "" or 0.
struct Metadata {
  std::string make;
  std::string model;
  std::string lens;
  std::string exposure_time;  // 1/250 or 2.5, in seconds
  double f_number = 0;
  double focal_length = 0;  // millimetres
  std::int64_t iso = 0;
  std::string taken_at;  // 2008-10-22T16:28:39, with +02:00 or Z where it is known
  std::string copyright;
  std::string artist;
  std::string description;
  std::string caption;
  std::vector<std::string> keywords;
  std::optional<GeoPosition> position;
};

// What the one decode is for. Pixels are two megabytes that few look at.
enum class Wanted { renditions, pixels_too };

// Everything that comes out of the one decode.
struct Developed {
  int width = 0;  // of the original, orientation applied
  int height = 0;
  std::vector<Rendition> renditions;  // smallest first
  std::string thumbhash;              // raw bytes
  std::uint64_t phash = 0;            // image/perceptual_hash.h
  std::vector<Colour> colours;        // at most five, the largest share first
  Pixels pixels;                      // where they are wanted: the 640 rendition's
  Pixels glance;                      // the picture at 100x100 at most
  Metadata metadata{};
};

}  // namespace picsharz::image
