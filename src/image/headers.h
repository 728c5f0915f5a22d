// The header readers behind probe(): one for each format. They check what belongs to their format
// and fill in a Probe; probe() checks the caps that all formats share.
#pragma once

#include "base/error.h"
#include "image/header_window.h"
#include "image/image.h"

namespace picsharz::image {

// The smallest block the readers work with: an EXIF segment must fit.
inline constexpr std::size_t header_block_bytes = 64 * 1024;

// The caps on width, height and pixels of probe.format. Readers call it as soon as they know the
// dimensions, so that a bomb is called one even where the rest of the file is missing.
Result<void> check_dimensions(const Probe& probe);

Result<Probe> read_jpeg_header(HeaderWindow& file);
Result<Probe> read_png_header(HeaderWindow& file);
Result<Probe> read_webp_header(HeaderWindow& file);
Result<Probe> read_gif_header(HeaderWindow& file);
// AVIF and HEIC: which one the codec of the primary item says. Width and height are those of the
// displayed picture (rotation and cropping are the container's, EXIF's orientation does not count).
// A codec that is neither, or is not accepted, is unsupported_format.
Result<Probe> read_heif_header(HeaderWindow& file, const Formats& accepted);

}  // namespace picsharz::image
