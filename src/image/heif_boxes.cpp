#include "image/heif_boxes.h"

#include <algorithm>

#include "image/caps.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

constexpr std::uint32_t our_brands[] = {fourcc("heic"), fourcc("heix"), fourcc("heim"),
                                        fourcc("heis"), fourcc("avif")};

struct Box {
  std::uint32_t type = 0;
  std::int64_t data = 0;  // behind its header
  std::int64_t end = 0;
};

// A box's bytes, front to back. A read beyond its end gives 0 and leaves a mark, which is looked at
// once for each box.
class Cursor {
 public:
  // `budget`: how many numbers may still be read in the whole file.
  Cursor(HeaderWindow& file, const Box& box, int& budget)
      : file_(file), budget_(budget), at_(box.data), end_(box.end) {}

  bool good() const { return good_; }
  std::int64_t position() const { return at_; }
  std::int64_t left() const { return end_ - at_; }

  std::uint64_t number(int bytes) {
    const auto count = static_cast<std::size_t>(bytes);
    const std::string_view view = bytes > left() ? std::string_view() : file_.at(at_, count);
    at_ += bytes;
    if (view.size() < count || --budget_ < 0) {
      good_ = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | byte_at(view, i);
    return value;
  }
  std::uint32_t u8() { return static_cast<std::uint32_t>(number(1)); }
  std::uint32_t u16() { return static_cast<std::uint32_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }

 private:
  HeaderWindow& file_;
  int& budget_;
  std::int64_t at_;
  std::int64_t end_;
  bool good_ = true;
};

class HeifBoxReader {
 public:
  HeifBoxReader(HeaderWindow& file, const Formats& accepted) : file_(file), accepted_(accepted) {}

  Result<HeifBoxes> read() {
    std::int64_t offset = 0;
    while (offset < file_.size() && !described_) {
      TRY_ASSIGN(const Box box, box_at(offset, file_.size()));
      if (offset == 0 && !has_our_brand(box)) return unsupported_format(accepted_);
      if (box.type == fourcc("meta")) {
        described_ = true;
        TRY(read_children({box.type, box.data + 4, box.end}));
      }
      offset = box.end;
    }
    if (!described_) return image_corrupt("heif: no items");
    for (const auto& [id, location] : locations_) {
      const auto item = boxes_.items.find(id);
      if (item == boxes_.items.end()) continue;
      item->second.located = true;
      item->second.offset = location.offset + (location.in_idat ? idat_ : 0);
      item->second.length = location.length;
    }
    return std::move(boxes_);
  }

 private:
  struct Location {
    bool in_idat = false;
    std::int64_t offset = 0;
    std::int64_t length = 0;
  };

  Cursor in(const Box& box) { return {file_, box, budget_}; }

  Result<Box> box_at(std::int64_t offset, std::int64_t limit) {
    if (++seen_ > caps::heif_boxes) return image_too_large("heif: boxes");
    const std::string_view head = file_.at(offset, 16);
    if (head.size() < 8 || limit - offset < 8) return image_corrupt("heif: box");
    std::uint64_t size = big32(head, 0);
    std::int64_t header = 8;
    if (size == 1) {
      if (head.size() < 16) return image_corrupt("heif: box");
      size = std::uint64_t{big32(head, 8)} << 32 | big32(head, 12);
      header = 16;
    }
    if (size == 0) size = static_cast<std::uint64_t>(limit - offset);
    if (size < static_cast<std::uint64_t>(header) ||
        size > static_cast<std::uint64_t>(limit - offset)) {
      return image_corrupt("heif: box length");
    }
    return Box{big32(head, 4), offset + header, offset + static_cast<std::int64_t>(size)};
  }

  // Files of other kinds (films, sequences, other codecs) begin with a box of brands, too.
  bool has_our_brand(const Box& box) {
    Cursor cursor = in(box);
    for (int i = 0; i < caps::heif_brands && cursor.left() >= 4; ++i) {
      const std::uint32_t brand = cursor.u32();
      if (i == 1) continue;  // the version of the first, the major brand
      const auto& ours = brand == fourcc("avif") ? accepted_.avif : accepted_.heic;
      if (ours && std::ranges::find(our_brands, brand) != std::end(our_brands)) return true;
    }
    return false;
  }

  Result<void> read_children(const Box& parent) {
    std::int64_t offset = parent.data;
    while (offset + 8 <= parent.end) {
      TRY_ASSIGN(const Box box, box_at(offset, parent.end));
      TRY(read_box(box));
      offset = box.end;
    }
    return {};
  }

  // The boxes that count, wherever they stand. None of them is nested deeper than three.
  Result<void> read_box(const Box& box) {
    if (box.type == fourcc("iprp")) return read_children(box);
    if (box.type == fourcc("ipco")) return read_properties(box);
    Cursor cursor = in(box);
    if (box.type == fourcc("idat")) idat_ = box.data;
    if (box.type == fourcc("pitm")) read_primary(cursor);
    if (box.type == fourcc("ipma")) read_associations(cursor);
    if (box.type == fourcc("iloc")) read_locations(cursor);
    if (box.type == fourcc("iinf")) return read_items(box);
    if (box.type == fourcc("iref")) return read_references(box);
    TRY(check_counts());
    return cursor.good() ? Result<void>{} : image_corrupt("heif: a box is too short");
  }

  void read_primary(Cursor& cursor) {
    const std::uint32_t version = cursor.u32() >> 24;
    boxes_.primary = version == 0 ? cursor.u16() : cursor.u32();
  }

  Result<void> read_items(const Box& box) {
    Cursor cursor = in(box);
    const std::uint32_t version = cursor.u32() >> 24;
    if (version == 0) {
      cursor.u16();  // their number: the boxes tell
    } else {
      cursor.u32();
    }
    std::int64_t offset = cursor.position();
    while (offset + 8 <= box.end) {
      TRY_ASSIGN(const Box entry, box_at(offset, box.end));
      if (entry.type == fourcc("infe")) read_item(entry);
      offset = entry.end;
    }
    return check_counts();
  }

  Result<void> check_counts() const {
    if (budget_ < 0) return image_too_large("heif: numbers");
    if (boxes_.items.size() > caps::heif_items || locations_.size() > caps::heif_items) {
      return image_too_large("heif: items");
    }
    return {};
  }

  void read_item(const Box& box) {
    Cursor cursor = in(box);
    const std::uint32_t version = cursor.u32() >> 24;
    if (version < 2) return;  // has no type: no picture
    const std::uint32_t id = version == 2 ? cursor.u16() : cursor.u32();
    cursor.u16();  // protection
    const std::uint32_t type = cursor.u32();
    if (cursor.good()) boxes_.items[id].type = type;
  }

  Result<void> read_references(const Box& box) {
    Cursor cursor = in(box);
    const int id_bytes = cursor.u32() >> 24 == 0 ? 2 : 4;
    std::int64_t offset = cursor.position();
    while (offset + 8 <= box.end) {
      TRY_ASSIGN(const Box entry, box_at(offset, box.end));
      Cursor ids = in(entry);
      HeifReference reference{entry.type, static_cast<std::uint32_t>(ids.number(id_bytes)), {}};
      const std::uint32_t count = ids.u16();
      for (std::uint32_t i = 0; i < count && ids.good(); ++i) {
        reference.to.push_back(static_cast<std::uint32_t>(ids.number(id_bytes)));
      }
      TRY(check_counts());
      if (!ids.good()) return image_corrupt("heif: references");
      boxes_.references.push_back(std::move(reference));
      offset = entry.end;
    }
    return {};
  }

  Result<void> read_properties(const Box& box) {
    std::int64_t offset = box.data;
    while (offset + 8 <= box.end) {
      TRY_ASSIGN(const Box entry, box_at(offset, box.end));
      TRY(read_property(entry));
      offset = entry.end;
    }
    return {};
  }

  Result<void> read_property(const Box& box) {
    HeifProperty property{box.type, {}};
    Cursor cursor = in(box);
    int numbers = 0;
    if (box.type == fourcc("ispe")) {
      cursor.u32();  // version and flags
      numbers = 2;
    }
    if (box.type == fourcc("clap")) numbers = 8;
    if (box.type == fourcc("colr")) numbers = 1;
    for (int i = 0; i < numbers; ++i)
      property.numbers.at(static_cast<std::size_t>(i)) = cursor.u32();
    if (box.type == fourcc("irot")) property.numbers[0] = cursor.u8();
    if (!cursor.good()) return image_corrupt("heif: property");
    boxes_.properties.push_back(property);
    return {};
  }

  void read_associations(Cursor& cursor) {
    const std::uint32_t head = cursor.u32();
    const int id_bytes = head >> 24 == 0 ? 2 : 4;
    const int index_bytes = head & 1 ? 2 : 1;
    const std::uint32_t entries = cursor.u32();
    for (std::uint32_t i = 0; i < entries && i < caps::heif_items && cursor.good(); ++i) {
      const auto id = static_cast<std::uint32_t>(cursor.number(id_bytes));
      const std::uint32_t count = cursor.u8();
      auto& properties = boxes_.items[id].properties;
      for (std::uint32_t k = 0; k < count && cursor.good(); ++k) {
        const std::uint64_t mask = index_bytes == 2 ? 0x7fff : 0x7f;  // the top bit: essential
        properties.push_back(static_cast<std::uint16_t>(cursor.number(index_bytes) & mask));
      }
    }
  }

  void read_locations(Cursor& cursor) {
    const std::uint32_t version = cursor.u32() >> 24;
    const std::uint32_t sizes = cursor.u16();
    const int offset_bytes = static_cast<int>(sizes >> 12 & 15);
    const int length_bytes = static_cast<int>(sizes >> 8 & 15);
    const int base_bytes = static_cast<int>(sizes >> 4 & 15);
    const int index_bytes = version > 0 ? static_cast<int>(sizes & 15) : 0;
    const std::uint32_t count = version < 2 ? cursor.u16() : cursor.u32();
    for (std::uint32_t i = 0; i < count && i <= caps::heif_items && cursor.good(); ++i) {
      const std::uint32_t id = version < 2 ? cursor.u16() : cursor.u32();
      Location location;
      location.in_idat = version > 0 && (cursor.u16() & 15) == 1;
      cursor.u16();  // the file that holds it
      const std::uint64_t base = cursor.number(base_bytes);
      const std::uint32_t extents = cursor.u16();
      for (std::uint32_t k = 0; k < extents && cursor.good(); ++k) {
        cursor.number(index_bytes);
        const std::uint64_t offset = base + cursor.number(offset_bytes);
        const std::uint64_t length = cursor.number(length_bytes);
        if (k > 0) continue;
        location.offset = bounded(offset);
        location.length = bounded(length);
      }
      if (cursor.good() && extents > 0) locations_[id] = location;
    }
  }

  // Beyond any file stays beyond any file.
  static std::int64_t bounded(std::uint64_t value) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value, std::uint64_t{1} << 60));
  }

  HeaderWindow& file_;
  const Formats& accepted_;
  HeifBoxes boxes_;
  std::map<std::uint32_t, Location> locations_;
  std::int64_t idat_ = 0;
  int seen_ = 0;
  int budget_ = caps::heif_numbers;
  bool described_ = false;
};

}  // namespace

const HeifItem* HeifBoxes::item(std::uint32_t id) const {
  const auto found = items.find(id);
  return found == items.end() ? nullptr : &found->second;
}

const HeifProperty* HeifBoxes::property(std::uint16_t index) const {
  return index == 0 || index > properties.size() ? nullptr : &properties[index - 1];
}

std::vector<std::uint32_t> HeifBoxes::tiles() const {
  for (const HeifReference& reference : references) {
    if (reference.type == fourcc("dimg") && reference.from == primary) return reference.to;
  }
  return {};
}

Result<HeifBoxes> read_heif_boxes(HeaderWindow& file, const Formats& accepted) {
  return HeifBoxReader(file, accepted).read();
}

}  // namespace picsharz::image
