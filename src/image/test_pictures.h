// Pictures for the tests of this room, made by code, and ways to look at the results.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "image/image.h"
#include "image/plane.h"
#include "image/probe.h"

namespace picsharz::image::test {

// Smooth colours and one corner marked, so that every mirroring and turn is a different picture.
Raster scene(int width, int height, int bands = 3);
// The scene stored so that orientation 1..8 displays it as it is.
Raster stored_scene(int width, int height, int orientation);

std::string jpeg_of(const Raster& rgb, int quality = 92);
// `scans` >= 2: progressive with that many scans.
std::string progressive_jpeg(int width, int height, int scans);
// Any bit depth and colour type; `samples` are the rows as PNG stores them, without filter bytes.
std::string png_of(int width, int height, int bits, int colour_type, std::string_view samples,
                   std::string_view extra_chunks = {});
std::string png_of(const Raster& raster);
std::string png_chunk(std::string_view type, std::string_view data);
// An IHDR and what follows; no data of its own.
std::string png_header(std::uint32_t width, std::uint32_t height, int bits, int colour_type);
std::string lossless_webp_of(const Raster& raster);

std::string exif_with_orientation(int orientation, bool little = true);
// A marker segment right after the start of image.
std::string with_segment(std::string_view jpeg, int marker, std::string_view payload);
std::string with_exif(std::string_view jpeg, int orientation);

Result<Probe> probe_bytes(std::string_view bytes, const Formats& accepted = {});
// A picture's samples as RGB at its own size.
Raster decode(std::string_view bytes);
double mean_difference(const Raster& a, const Raster& b);
const Rendition* rendition(const Developed& developed, int size);

// The shared test data; empty where it is not there.
std::filesystem::path shared_folder();
std::string read_file(const std::filesystem::path& path);

}  // namespace picsharz::image::test
