// The refusals of this room: one place for their codes and sentences. `detail` is for the log only.
#pragma once

#include <expected>
#include <string_view>

#include "base/error.h"
#include "image/image.h"

namespace picsharz::image {

std::unexpected<Error> unsupported_format(const Formats& accepted);  // 415
// Not for people: what this machine cannot make is not offered.
std::unexpected<Error> no_encoder(std::string_view detail);
std::unexpected<Error> image_empty();  // 422, as are all below
std::unexpected<Error> image_corrupt(std::string_view detail);
std::unexpected<Error> image_too_large(std::string_view detail);
std::unexpected<Error> image_too_slow(std::string_view detail);

}  // namespace picsharz::image
