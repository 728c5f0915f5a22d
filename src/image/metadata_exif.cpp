#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "image/header_window.h"
#include "image/metadata.h"
#include "image/metadata_text.h"

namespace picsharz::image {
namespace {

constexpr std::size_t entry_bytes = 12;
constexpr std::size_t entries_max = 512;
constexpr std::size_t name_max = 128;
constexpr std::size_t text_max = 2'000;

enum Type : std::uint32_t { ascii = 2, short_ = 3, long_ = 4, rational = 5, utf8 = 129 };

struct Entry {
  std::uint32_t tag = 0;
  std::uint32_t type = 0;
  std::uint32_t count = 0;
  std::string_view value;  // of the whole entry, as far as it lies inside; "" where it does not
};

// One TIFF structure. Every offset is checked before it is followed, and values are views.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes) {
    little_ = bytes.starts_with(std::string_view("II*\0", 4));
    sound_ = bytes.size() >= 8 && (little_ || bytes.starts_with(std::string_view("MM\0*", 4)));
  }

  bool sound() const { return sound_; }
  std::size_t first() const { return word(bytes_, 4); }

  template <class Each>
  void read(std::size_t directory, Each each) const {
    if (directory < 8 || directory + 2 > bytes_.size()) return;
    const std::size_t entries = std::min<std::size_t>(half(bytes_, directory), entries_max);
    for (std::size_t i = 0; i < entries; ++i) {
      const std::size_t at = directory + 2 + i * entry_bytes;
      if (at + entry_bytes > bytes_.size()) return;
      Entry entry{half(bytes_, at), half(bytes_, at + 2), word(bytes_, at + 4), {}};
      entry.value = value(entry, at + 8);
      each(entry);
    }
  }

  std::optional<std::uint32_t> number(const Entry& entry) const {
    if (entry.type == short_ && entry.value.size() >= 2) return half(entry.value, 0);
    if (entry.type == long_ && entry.value.size() >= 4) return word(entry.value, 0);
    return std::nullopt;
  }

  // The `index`th fraction; nullopt where it has none or divides by zero.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> fraction(const Entry& entry,
                                                                  std::size_t index = 0) const {
    if (entry.type != rational || entry.value.size() < (index + 1) * 8) return std::nullopt;
    const std::pair parts{word(entry.value, index * 8), word(entry.value, index * 8 + 4)};
    return parts.second == 0 ? std::nullopt : std::optional(parts);
  }

 private:
  std::uint32_t half(std::string_view at, std::size_t offset) const {
    return little_ ? little16(at, offset) : big16(at, offset);
  }
  std::uint32_t word(std::string_view at, std::size_t offset) const {
    return little_ ? little32(at, offset) : big32(at, offset);
  }

  static std::uint64_t unit(std::uint32_t type) {
    constexpr std::uint64_t units[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    if (type == utf8) return 1;
    return type < std::size(units) ? units[type] : 0;
  }

  std::string_view value(const Entry& entry, std::size_t at) const {
    const std::uint64_t size = unit(entry.type) * entry.count;
    if (size <= 4) return bytes_.substr(at, size);
    const std::size_t offset = word(bytes_, at);
    if (offset < 8 || offset > bytes_.size() || size > bytes_.size() - offset) return {};
    return bytes_.substr(offset, size);
  }

  std::string_view bytes_;
  bool little_ = false;
  bool sound_ = false;
};

void take_text(const Entry& entry, std::size_t max, std::string& text) {
  if ((entry.type != ascii && entry.type != utf8) || !text.empty()) return;
  const std::string_view value = entry.value.substr(0, max + 1);
  text = readable_text(value.substr(0, value.find('\0')), max);
}

// "photographer NUL editor NUL": the first of them that says something.
void take_copyright(const Entry& entry, std::string& text) {
  take_text(entry, 256, text);
  const std::string_view value = entry.value.substr(0, 512);
  const std::size_t end = value.find('\0');
  if (!text.empty() || entry.type != ascii || end == value.npos) return;
  const std::string_view editor = value.substr(end + 1);
  text = readable_text(editor.substr(0, editor.find('\0')), 256);
}

double quotient(std::pair<std::uint32_t, std::uint32_t> parts) {
  return static_cast<double>(parts.first) / parts.second;
}

// 1/250; from 0.3 seconds on decimals.
std::string exposure_text(std::pair<std::uint32_t, std::uint32_t> parts) {
  const double seconds = quotient(parts);
  if (seconds <= 0 || seconds > 1'000'000) return {};
  if (seconds < 0.3) return "1/" + std::to_string(std::llround(1 / seconds));
  char digits[32];
  const double rounded = std::round(seconds * 10) / 10;
  const auto end = std::to_chars(std::begin(digits), std::end(digits), rounded).ptr;
  return {digits, end};
}

int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

// "2008:10:22 16:28:39" -> "2008-10-22T16:28:39"; "" where it is no time.
std::string time_of(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text.size() < 19 || text[4] != ':' || text[7] != ':' || text[10] != ' ') return {};
  if (text[13] != ':' || text[16] != ':') return {};
  const auto within = [&](std::size_t at, std::size_t count, int low, int high) {
    const int number = digits_at(text, at, count);
    return number >= low && number <= high;
  };
  if (!within(0, 4, 1, 9999) || !within(5, 2, 1, 12) || !within(8, 2, 1, 31)) return {};
  if (!within(11, 2, 0, 23) || !within(14, 2, 0, 59) || !within(17, 2, 0, 60)) return {};
  std::string time(text.substr(0, 19));
  time[4] = time[7] = '-';
  time[10] = 'T';
  return time;
}

// "+08:00" or "Z"; "" where it is neither.
std::string zone_of(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text == "Z") return "Z";
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
  const int hours = digits_at(text, 1, 2);
  const int minutes = digits_at(text, 4, 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return {};
  return std::string(text);
}

// What is found on the way and belongs together.
struct Times {
  std::string original, digitized, zone, any_zone;
};

void read_camera(const Tiff& tiff, std::size_t directory, Metadata& metadata) {
  Times times;
  tiff.read(directory, [&](const Entry& entry) {
    const auto parts = tiff.fraction(entry);
    switch (entry.tag) {
      case 0x829a:
        if (parts) metadata.exposure_time = exposure_text(*parts);
        break;
      case 0x829d:
        if (parts && quotient(*parts) < 1'000) metadata.f_number = quotient(*parts);
        break;
      case 0x8827:
        metadata.iso = tiff.number(entry).value_or(0);
        break;
      case 0x9003:
        times.original = time_of(entry.value);
        break;
      case 0x9004:
        times.digitized = time_of(entry.value);
        break;
      case 0x9010:
        times.any_zone = zone_of(entry.value);
        break;
      case 0x9011:
        times.zone = zone_of(entry.value);
        break;
      case 0x920a:
        if (parts && quotient(*parts) < 100'000) metadata.focal_length = quotient(*parts);
        break;
      case 0xa434:
        take_text(entry, name_max, metadata.lens);
        break;
      default:
        break;
    }
  });
  metadata.taken_at = times.original.empty() ? times.digitized : times.original;
  if (!metadata.taken_at.empty()) {
    metadata.taken_at += times.zone.empty() ? times.any_zone : times.zone;
  }
}

// Degrees, minutes, seconds.
std::optional<double> angle_of(const Tiff& tiff, const Entry& entry, double most) {
  double angle = 0;
  double unit = 1;
  for (std::size_t i = 0; i < 3; ++i, unit /= 60) {
    const auto parts = tiff.fraction(entry, i);
    // Some leave the seconds, or minutes and seconds, at 0/0.
    if (!parts && i == 0) return std::nullopt;
    if (parts) angle += quotient(*parts) * unit;
  }
  return angle <= most ? std::optional(angle) : std::nullopt;
}

void read_position(const Tiff& tiff, std::size_t directory, Metadata& metadata) {
  std::optional<double> latitude, longitude;
  char north = 0;
  char east = 0;
  tiff.read(directory, [&](const Entry& entry) {
    const char letter = entry.type == ascii && !entry.value.empty() ? entry.value[0] : '\0';
    if (entry.tag == 1) north = letter;
    if (entry.tag == 2) latitude = angle_of(tiff, entry, 90);
    if (entry.tag == 3) east = letter;
    if (entry.tag == 4) longitude = angle_of(tiff, entry, 180);
  });
  if (!latitude || !longitude || (north != 'N' && north != 'S') || (east != 'E' && east != 'W')) {
    return;
  }
  metadata.position =
      GeoPosition{north == 'S' ? -*latitude : *latitude, east == 'W' ? -*longitude : *longitude};
}

}  // namespace

void read_exif(std::string_view bytes, Metadata& metadata) {
  const Tiff tiff(bytes);
  if (!tiff.sound()) return;
  std::optional<std::size_t> camera, position;
  tiff.read(tiff.first(), [&](const Entry& entry) {
    switch (entry.tag) {
      case 0x010e:
        return take_text(entry, text_max, metadata.description);
      case 0x010f:
        return take_text(entry, 64, metadata.make);
      case 0x0110:
        return take_text(entry, 96, metadata.model);
      case 0x013b:
        return take_text(entry, name_max, metadata.artist);
      case 0x8298:
        return take_copyright(entry, metadata.copyright);
      case 0x8769:
        camera = tiff.number(entry);
        return;
      case 0x8825:
        position = tiff.number(entry);
        return;
      default:
        return;
    }
  });
  if (camera) read_camera(tiff, *camera, metadata);
  if (position) read_position(tiff, *position, metadata);
}

}  // namespace picsharz::image
