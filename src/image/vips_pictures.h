// Everything that is not an ordinary JPEG: decoded, shrunk and brought to sRGB by libvips. And
// AVIF, encoded.
//
// What:      loaders are called by name, after the magic bytes have been checked; libvips's
//            automatic detection is never used, and the classes of all other loaders and savers are
//            blocked.
// Threads:   init_vips() once, before the rest; the rest one thread.
// Failures:  image_corrupt, unsupported_format: values.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "image/plane.h"
#include "image/probe.h"

namespace picsharz::image {

// AVIF and HEIC can be decoded: the loader is installed, and the saver with it. Needs no
// init_vips().
bool has_heif_loader();

// Throws std::runtime_error where libvips cannot start.
void init_vips();

// The picture at `target` (as stored: orientation is not applied), 8-bit sRGB, RGB or RGBA. A
// colour profile that makes no sense is ignored, the picture kept.
Result<Raster> load_with_vips(std::string_view bytes, const Probe& probe, Extent target);

// RGB from the colours of `profile` to sRGB; unchanged where the profile makes no sense.
Raster to_srgb(Raster rgb, std::string_view profile);

// From RGB or RGBA, in sRGB, without metadata. unsupported_format where nothing here encodes AV1.
Result<std::string> encode_avif(const Raster& picture);

// A JPEG of ours, which is sRGB, with the profile that says so.
std::string with_srgb_profile(std::string jpeg);

}  // namespace picsharz::image
