// AVIF and HEIC: the boxes that say what the primary item is, how large it is, how it is turned,
// and of which tiles it is made.
//
// Source:    ISO/IEC 14496-12 (boxes, ftyp, meta, iloc, iinf, iref), ISO/IEC 23008-12 (pitm, iprp,
//            ispe, irot, imir, clap, grid), AV1 Image File Format 1.1.
#include <algorithm>
#include <utility>
#include <vector>

#include "image/caps.h"
#include "image/headers.h"
#include "image/heif_boxes.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

Result<Format> format_of_codec(std::uint32_t type, const Formats& accepted) {
  if (type == fourcc("hvc1") && accepted.heic) return Format::heic;
  if (type == fourcc("av01") && accepted.avif) return Format::avif;
  return unsupported_format(accepted);
}

// Turns what the boxes say into a Probe, or a refusal.
class HeifJudge {
 public:
  HeifJudge(HeaderWindow& file, const HeifBoxes& boxes, const Formats& accepted)
      : file_(file), boxes_(boxes), accepted_(accepted) {}

  Result<Probe> judge() {
    const HeifItem* primary = boxes_.item(boxes_.primary);
    if (primary == nullptr) return image_corrupt("heif: no primary item");
    TRY_ASSIGN(probe_.format, format_of_codec(codec_of(*primary), accepted_));
    TRY(read_size(*primary));
    if (primary->type == fourcc("grid")) TRY(check_grid(*primary));
    TRY(check_location(*primary));
    TRY(check_auxiliary());
    TRY(apply_properties(*primary));
    TRY(check_dimensions(probe_));
    return probe_;
  }

 private:
  const HeifProperty* property(const HeifItem& item, std::uint32_t type) const {
    for (const std::uint16_t index : item.properties) {
      const HeifProperty* found = boxes_.property(index);
      if (found != nullptr && found->type == type) return found;
    }
    return nullptr;
  }

  // Of a grid, that of its tiles; 0 where they differ, are missing, or are derived themselves.
  std::uint32_t codec_of(const HeifItem& item) const {
    if (item.type != fourcc("grid")) return item.type;
    std::uint32_t codec = 0;
    for (const std::uint32_t id : boxes_.tiles()) {
      const HeifItem* tile = boxes_.item(id);
      if (tile == nullptr || (codec != 0 && tile->type != codec)) return 0;
      codec = tile->type;
    }
    return codec;
  }

  // The stored size, checked: the transformations come later.
  Result<void> read_size(const HeifItem& item) {
    TRY_ASSIGN(const Probe size, size_of(item));
    probe_.width = size.width;
    probe_.height = size.height;
    return {};
  }

  Result<Probe> size_of(const HeifItem& item) const {
    const HeifProperty* extent = property(item, fourcc("ispe"));
    if (extent == nullptr) return image_corrupt("heif: item without a size");
    Probe size;
    size.format = probe_.format;
    size.width = static_cast<int>(std::min<std::uint32_t>(extent->numbers[0], 1U << 30));
    size.height = static_cast<int>(std::min<std::uint32_t>(extent->numbers[1], 1U << 30));
    TRY(check_dimensions(size));
    return size;
  }

  // Rows and columns must be those of the tiles, the tiles must cover the picture, and not much
  // more than it.
  Result<void> check_grid(const HeifItem& grid) {
    const std::string_view head = file_.at(grid.offset, 12);
    if (!grid.located || grid.length < 8 || head.size() < 8) return image_corrupt("heif: grid");
    const bool wide = byte_at(head, 1) & 1;
    if (wide && (head.size() < 12 || grid.length < 12)) return image_corrupt("heif: grid");
    const std::int64_t rows = byte_at(head, 2) + 1;
    const std::int64_t columns = byte_at(head, 3) + 1;
    const std::int64_t width = wide ? big32(head, 4) : big16(head, 4);
    const std::int64_t height = wide ? big32(head, 8) : big16(head, 6);
    if (width != probe_.width || height != probe_.height) return image_corrupt("heif: grid's size");
    const auto tiles = boxes_.tiles();
    if (rows * columns != static_cast<std::int64_t>(tiles.size())) {
      return image_corrupt("heif: number of tiles");
    }
    std::int64_t pixels = 0;
    for (const std::uint32_t id : tiles) {
      TRY_ASSIGN(const Probe tile, size_of(*boxes_.item(id)));
      pixels += std::int64_t{tile.width} * tile.height;
      if (tile.width * columns < width || tile.height * rows < height) {
        return image_corrupt("heif: tiles do not cover the picture");
      }
    }
    if (pixels > 2 * caps::heif_pixels) return image_too_large("heif: tiles");
    return {};
  }

  // What the file does not hold cannot be decoded.
  Result<void> check_location(const HeifItem& item) const {
    const bool inside = item.located && item.offset >= 0 && item.length >= 0 &&
                        item.offset <= file_.size() && item.length <= file_.size() - item.offset;
    return inside ? Result<void>{} : image_corrupt("heif: data outside the file");
  }

  // The alpha plane is a picture of its own, and has the same caps.
  Result<void> check_auxiliary() {
    for (const HeifReference& reference : boxes_.references) {
      const bool ours = reference.type == fourcc("auxl") &&
                        std::ranges::find(reference.to, boxes_.primary) != reference.to.end();
      const HeifItem* item = ours ? boxes_.item(reference.from) : nullptr;
      if (item == nullptr) continue;
      TRY(size_of(*item));
      probe_.alpha = true;
    }
    return {};
  }

  Result<void> apply_properties(const HeifItem& item) {
    for (const std::uint16_t index : item.properties) {
      if (index == 0) continue;  // "no property", as some phones write
      const HeifProperty* found = boxes_.property(index);
      if (found == nullptr) return image_corrupt("heif: property that is not there");
      if (found->type == fourcc("irot") && found->numbers[0] & 1) {
        std::swap(probe_.width, probe_.height);
      }
      if (found->type == fourcc("clap")) TRY(crop(*found));
      const std::uint32_t kind = found->type == fourcc("colr") ? found->numbers[0] : 0;
      if (kind == fourcc("prof") || kind == fourcc("rICC")) probe_.icc = true;
    }
    return {};
  }

  // The clean aperture: fractions of width, height, and of two offsets that do not matter here.
  Result<void> crop(const HeifProperty& aperture) {
    const auto rounded = [&](std::size_t at) -> std::int64_t {
      const std::int64_t divisor = aperture.numbers[at + 1];
      return divisor == 0 ? 0 : (aperture.numbers[at] + divisor / 2) / divisor;
    };
    const std::int64_t width = rounded(0);
    const std::int64_t height = rounded(2);
    if (width < 1 || height < 1 || width > probe_.width || height > probe_.height) {
      return image_corrupt("heif: crop");
    }
    probe_.width = static_cast<int>(width);
    probe_.height = static_cast<int>(height);
    return {};
  }

  HeaderWindow& file_;
  const HeifBoxes& boxes_;
  const Formats& accepted_;
  Probe probe_;
};

}  // namespace

Result<Probe> read_heif_header(HeaderWindow& file, const Formats& accepted) {
  TRY_ASSIGN(const HeifBoxes boxes, read_heif_boxes(file, accepted));
  return HeifJudge(file, boxes, accepted).judge();
}

}  // namespace picsharz::image
