// Everything that is not an ordinary JPEG: decoded, shrunk and brought to sRGB by libvips.
//
// What:      loaders are called by name, after the magic bytes have been checked; libvips's
// automatic
//            detection is never used, and the classes of all other loaders are blocked.
// Threads:   init_vips() once, before the rest; the rest one thread.
// Failures:  image_corrupt: a value.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "image/plane.h"
#include "image/probe.h"

namespace picsharz::image {

// AVIF and HEIC can be decoded: the loader is installed. Needs no init_vips().
bool has_heif_loader();

// Throws std::runtime_error where libvips cannot start.
void init_vips();

// The picture at `target` (as stored: orientation is not applied), 8-bit sRGB, RGB or RGBA. A
// colour profile that makes no sense is ignored, the picture kept.
Result<Raster> load_with_vips(std::string_view bytes, const Probe& probe, Extent target);

// RGB from the colours of `profile` to sRGB; unchanged where the profile makes no sense.
Raster to_srgb(Raster rgb, std::string_view profile);

// A JPEG of ours, which is sRGB, with the profile that says so.
std::string with_srgb_profile(std::string jpeg);

}  // namespace picsharz::image
