// What a picture may cost, by its header: the table "Cap" of the security design. The size of the
// file is the uploader's check (limits::photo_file).
#pragma once

#include <cstdint>

namespace picsharz::image::caps {

inline constexpr std::int64_t jpeg_pixels = 100'000'000;
inline constexpr std::int64_t webp_pixels = 100'000'000;
inline constexpr std::int64_t png_pixels = 64'000'000;
inline constexpr std::int64_t heif_pixels = 64'000'000;  // AVIF and HEIC
inline constexpr std::int64_t gif_pixels = 25'000'000;   // of the canvas
inline constexpr std::int64_t side = 20'000;
inline constexpr std::int64_t heif_side = 16'384;  // libvips has no more of libheif
inline constexpr int frames = 300;
inline constexpr std::int64_t frame_pixels = 100'000'000;  // of all frames together

// A complete Huffman JPEG stays below about 1,250 bytes of picture a byte, deflate below 1,033.
inline constexpr std::int64_t ratio = 2'000;

inline constexpr int jpeg_scans = 100;
inline constexpr int jpeg_segments = 10'000;  // before the first scan
inline constexpr int png_chunks = 1'000;
// libpng writes 8 KiB of data a chunk, so an honest 20 MB picture has thousands of IDAT chunks:
// only those too small to be honest count.
inline constexpr std::int64_t png_small_data_chunk = 1'024;
inline constexpr int webp_chunks = 1'000;
inline constexpr int gif_blocks = 10'000;  // extensions and frames
inline constexpr int heif_boxes = 10'000;
inline constexpr int heif_items = 2'000;  // 64 megapixels in tiles of 256 are 1,000
inline constexpr int heif_brands = 64;
inline constexpr int heif_numbers = 1'000'000;  // read in all boxes together

inline constexpr std::int64_t exif_bytes = 64 * 1024;       // parsed; what lies behind is not read
inline constexpr std::int64_t icc_bytes = 4 * 1024 * 1024;  // a larger profile is dropped

}  // namespace picsharz::image::caps
