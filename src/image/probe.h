// Reads a picture's header: magic bytes, dimensions, counts. Decodes nothing, follows no pointer
// outside its window, ends after a bounded number of steps whatever the bytes say.
//
// Failures:  unsupported_format (415), image_too_large (422), image_corrupt (422), image_empty
// (422). Threads:   pure functions. Source:    ITU T.81 and Exif 2.32 (JPEG), ISO/IEC 15948 (PNG),
// RFC 9649 (WebP), GIF89a, ISO/IEC 14496-12 and 23008-12 (the container of AVIF and HEIC).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_handle.h"
#include "image/image.h"

namespace picsharz::image {

// Reads `count` bytes at `offset`; fewer at the end of the file.
using ReadAt = std::function<std::string(std::int64_t offset, std::size_t count)>;

// The header of a file of `size` bytes, checked against the caps of design/security.md section 4
// (pixels, side, chunks, scans, ratio).
Result<Probe> probe(std::int64_t size, const ReadAt& read, const Formats& accepted);

// Of a file that was accepted once, in whatever format. A read that fails is a std::system_error.
Result<Probe> probe(const FileHandle& file);

// The width and height of rendition `size` of a picture: fits `size` wide and 2*size high, never
// enlarged; a panorama wider than 3:1 is size/3 high and at most 4*size wide.
struct Extent {
  int width = 0;
  int height = 0;
};
Extent rendition_extent(int width, int height, int size);

}  // namespace picsharz::image
