#include "image/refusals.h"

namespace picsharz::image {
namespace {

std::unexpected<Error> refuse(ErrorKind kind, std::string_view code, std::string_view message,
                              std::string_view action, std::string_view detail = {}) {
  Error error{kind, std::string(code), std::string(message), std::string(action)};
  error.detail = detail;
  return std::unexpected(std::move(error));
}

}  // namespace

std::unexpected<Error> unsupported_format(const Formats& accepted) {
  const std::string list = format_list(accepted);
  return refuse(ErrorKind::unsupported, "unsupported_format",
                "This file is not a picture in an accepted format: " + list + ".",
                "Save the picture as " + list + " and upload it again.");
}

std::unexpected<Error> no_encoder(std::string_view detail) {
  return refuse(ErrorKind::unsupported, "unsupported_format",
                "This server cannot write pictures in this format.",
                "Ask its administrator; `picsharz doctor` says what is missing.", detail);
}

std::unexpected<Error> image_empty() {
  return refuse(ErrorKind::unprocessable, "image_empty", "The file is empty.",
                "Choose the picture again; the copy may not have finished.");
}

std::unexpected<Error> image_corrupt(std::string_view detail) {
  return refuse(ErrorKind::unprocessable, "image_corrupt",
                "The picture is damaged or incomplete and cannot be read.",
                "Open it in a picture editor, save it anew and upload that copy.", detail);
}

std::unexpected<Error> image_too_large(std::string_view detail) {
  return refuse(
      ErrorKind::unprocessable, "image_too_large",
      "The picture has more pixels or parts than can be processed: at most 100 megapixels "
      "as JPEG or WebP, 64 as PNG, AVIF or HEIC, 25 as GIF, and 20,000 pixels a side.",
      "Make it smaller and upload it again.", detail);
}

std::unexpected<Error> image_too_slow(std::string_view detail) {
  return refuse(ErrorKind::unprocessable, "image_too_slow",
                "The picture takes too long to process.",
                "Save it anew as an ordinary JPEG and upload that copy.", detail);
}

}  // namespace picsharz::image
