// The boxes of an AVIF or HEIC file that describe its items: read, bounded, not yet judged.
//
// Threads:   pure functions.
// Failures:  unsupported_format where no brand is ours; image_corrupt; image_too_large (more boxes,
//            items or numbers than any honest picture has).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "base/error.h"
#include "image/header_window.h"
#include "image/image.h"

namespace picsharz::image {

constexpr std::uint32_t fourcc(const char (&name)[5]) {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) code = code << 8 | static_cast<unsigned char>(name[i]);
  return code;
}

struct HeifItem {
  std::uint32_t type = 0;                 // "hvc1", "av01", "grid", ...
  std::vector<std::uint16_t> properties;  // from 1, in the order in which they apply
  bool located = false;
  std::int64_t offset = 0;  // in the file, of its first extent
  std::int64_t length = 0;
};

// ispe: width, height. clap: eight numbers. irot: quarters of a turn. colr: the kind. Others: none.
struct HeifProperty {
  std::uint32_t type = 0;
  std::array<std::uint32_t, 8> numbers{};
};

struct HeifReference {
  std::uint32_t type = 0;  // "dimg": is made of; "auxl": belongs to
  std::uint32_t from = 0;
  std::vector<std::uint32_t> to;
};

struct HeifBoxes {
  std::uint32_t primary = 0;
  std::map<std::uint32_t, HeifItem> items;
  std::vector<HeifProperty> properties;
  std::vector<HeifReference> references;

  const HeifItem* item(std::uint32_t id) const;
  // What the primary item is made of, where it is a grid.
  std::vector<std::uint32_t> tiles() const;
  const HeifProperty* property(std::uint16_t index) const;  // from 1
};

// Of a file that begins with a box "ftyp".
Result<HeifBoxes> read_heif_boxes(HeaderWindow& file, const Formats& accepted);

}  // namespace picsharz::image
