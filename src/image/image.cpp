#include "image/image.h"

namespace picsharz::image {

std::string_view format_name(Format format) {
  switch (format) {
    case Format::jpeg:
      return "jpeg";
    case Format::png:
      return "png";
    case Format::webp:
      return "webp";
    case Format::gif:
      return "gif";
    case Format::avif:
      return "avif";
    case Format::heic:
      return "heic";
  }
  return "";
}

std::string_view content_type(Format format) {
  switch (format) {
    case Format::jpeg:
      return "image/jpeg";
    case Format::png:
      return "image/png";
    case Format::webp:
      return "image/webp";
    case Format::gif:
      return "image/gif";
    case Format::avif:
      return "image/avif";
    case Format::heic:
      return "image/heic";
  }
  return "";
}

bool Formats::contains(Format format) const {
  if (format == Format::avif) return avif;
  if (format == Format::heic) return heic;
  return true;
}

std::vector<std::string_view> content_types(const Formats& accepted) {
  std::vector<std::string_view> types{"image/jpeg", "image/png", "image/webp", "image/gif"};
  if (accepted.avif) types.push_back("image/avif");
  if (accepted.heic) types.insert(types.end(), {"image/heic", "image/heif"});
  return types;
}

std::string format_list(const Formats& accepted) {
  std::string list = "JPEG, PNG, WebP";
  if (accepted.avif && accepted.heic) return list + ", GIF, AVIF or HEIC";
  if (accepted.avif) return list + ", GIF or AVIF";
  return list + (accepted.heic ? ", GIF or HEIC" : " or GIF");
}

}  // namespace picsharz::image
