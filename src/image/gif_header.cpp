// GIF: the canvas and every frame's place on it. The picture data is stepped over.
#include "image/caps.h"
#include "image/headers.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

constexpr std::int64_t screen_end = 13;  // signature and logical screen
constexpr std::uint32_t block_extension = 0x21;
constexpr std::uint32_t block_frame = 0x2c;
constexpr std::uint32_t label_control = 0xf9;
constexpr std::uint32_t flag_table = 0x80;
constexpr std::uint32_t flag_transparent = 0x01;

// Bytes of the colour table that a packed field announces.
std::int64_t table_bytes(std::uint32_t packed) {
  return packed & flag_table ? std::int64_t{3} << ((packed & 7) + 1) : 0;
}

class GifHeaderReader {
 public:
  explicit GifHeaderReader(HeaderWindow& file) : file_(file) { probe_.format = Format::gif; }

  Result<Probe> read() {
    const std::string_view screen = file_.at(0, screen_end);
    if (screen.size() < screen_end) return image_corrupt("gif: header");
    probe_.width = static_cast<int>(little16(screen, 6));
    probe_.height = static_cast<int>(little16(screen, 8));
    TRY(check_dimensions(probe_));
    std::int64_t offset = screen_end + table_bytes(byte_at(screen, 10));
    for (int blocks = 0; blocks < caps::gif_blocks; ++blocks) {
      const std::string_view kind = file_.at(offset, 1);
      const std::uint32_t type = kind.empty() ? 0 : byte_at(kind, 0);
      if (type != block_extension && type != block_frame) return finish();  // the trailer, or junk
      TRY_ASSIGN(offset, type == block_frame ? read_frame(offset + 1) : read_extension(offset + 1));
    }
    return image_too_large("gif: blocks");
  }

 private:
  Result<Probe> finish() {
    if (frames_ == 0) return image_corrupt("gif: no frame");
    probe_.frames = frames_;
    return probe_;
  }

  // Both give the offset behind the block.
  Result<std::int64_t> read_extension(std::int64_t offset) {
    const std::string_view head = file_.at(offset, 3);
    if (head.size() == 3 && byte_at(head, 0) == label_control && frames_ == 0) {
      probe_.alpha = (byte_at(head, 2) & flag_transparent) != 0;
    }
    return skip_data(offset + 1);
  }

  Result<std::int64_t> read_frame(std::int64_t offset) {
    const std::string_view frame = file_.at(offset, 10);
    if (frame.size() < 10) return frames_ > 0 ? file_.size() : Result<std::int64_t>(no_frame());
    const auto width = static_cast<std::int64_t>(little16(frame, 4));
    const auto height = static_cast<std::int64_t>(little16(frame, 6));
    if (width == 0 || height == 0) return image_corrupt("gif: frame without pixels");
    if (width * height > caps::gif_pixels) return image_too_large("gif: frame");
    frame_pixels_ += width * height;
    if (++frames_ > caps::frames) return image_too_large("gif: frames");
    if (frame_pixels_ > caps::frame_pixels) return image_too_large("gif: pixels of all frames");
    return skip_data(offset + 9 + table_bytes(byte_at(frame, 8)) + 1);
  }

  static std::unexpected<Error> no_frame() { return image_corrupt("gif: no frame"); }

  // Over sub-blocks to the empty one; a file that ends before it ends there.
  std::int64_t skip_data(std::int64_t offset) {
    while (true) {
      const std::string_view length = file_.at(offset, 1);
      if (length.empty()) return file_.size();
      offset += 1 + static_cast<std::int64_t>(byte_at(length, 0));
      if (byte_at(length, 0) == 0) return offset;
    }
  }

  HeaderWindow& file_;
  Probe probe_;
  int frames_ = 0;
  std::int64_t frame_pixels_ = 0;
};

}  // namespace

Result<Probe> read_gif_header(HeaderWindow& file) { return GifHeaderReader(file).read(); }

}  // namespace picsharz::image
