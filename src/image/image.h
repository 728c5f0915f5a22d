// What the image room knows about a picture. Plain structs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace picsharz::image {

enum class Format { jpeg = 1, png = 2, webp = 3 };

std::string_view format_name(Format format);   // "jpeg"
std::string_view content_type(Format format);  // "image/jpeg"

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

struct Rendition {
  int size = 0;  // 320, 640, 1280: its name
  Format format = Format::webp;
  int width = 0;
  int height = 0;
  std::string bytes;  // encoded, free of metadata
};

// Everything that comes out of the one decode.
struct Developed {
  int width = 0;  // of the original, orientation applied
  int height = 0;
  std::vector<Rendition> renditions;  // smallest first
  std::string thumbhash;              // raw bytes
  Pixels pixels;                      // for the classifiers: the 640 rendition's pixels
};

}  // namespace picsharz::image
