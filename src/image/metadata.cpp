#include "image/metadata.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "base/json.h"
#include "image/caps.h"
#include "image/header_window.h"

namespace picsharz::image {
namespace {

constexpr std::string_view exif_mark("Exif\0\0", 6);
constexpr std::string_view photoshop_mark("Photoshop 3.0\0", 14);
constexpr std::string_view resource_mark = "8BIM";
constexpr std::uint32_t resource_iptc = 0x0404;
constexpr int resources_max = 200;
constexpr int photoshop_max = 8;  // segments

std::string_view bounded(std::string_view exif) { return exif.substr(0, caps::exif_bytes); }

// Image resources: mark, id, a name of even length, a size, content of even length.
void read_resources(std::string_view bytes, Metadata& metadata) {
  for (int i = 0; i < resources_max && bytes.size() >= 12 && bytes.starts_with(resource_mark);
       ++i) {
    const std::uint32_t id = big16(bytes, 4);
    const std::size_t name = (byte_at(bytes, 6) + 2U) & ~1U;
    if (bytes.size() < 6 + name + 4) return;
    const std::size_t size = big32(bytes, 6 + name);
    bytes.remove_prefix(6 + name + 4);
    if (id == resource_iptc) read_iptc(bytes.substr(0, size), metadata);
    bytes.remove_prefix(std::min(bytes.size(), size + size % 2));
  }
}

// A file may hold thousands of segments: the first EXIF counts, and a few of the others.
void read_jpeg(std::string_view file, Metadata& metadata) {
  std::size_t at = 2;
  bool exif_seen = false;
  int photoshop_left = photoshop_max;
  for (int i = 0; i < caps::jpeg_segments && at + 4 <= file.size(); ++i) {
    if (file[at] != '\xff') return;
    const std::uint32_t marker = byte_at(file, at + 1);
    if (marker == 0xff) {  // a filler
      ++at;
      continue;
    }
    if (marker == 0xda || marker == 0xd9) return;  // the pictures' data, or the end
    const std::size_t length = big16(file, at + 2);
    if (length < 2) return;
    const std::string_view content = file.substr(at + 4, length - 2);
    if (marker == 0xe1 && !exif_seen && content.starts_with(exif_mark)) {
      exif_seen = true;
      read_exif(bounded(content.substr(exif_mark.size())), metadata);
    } else if (marker == 0xed && content.starts_with(photoshop_mark) && photoshop_left-- > 0) {
      read_resources(content.substr(photoshop_mark.size()), metadata);
    }
    at += 2 + length;
  }
}

void read_png(std::string_view file, Metadata& metadata) {
  std::size_t at = 8;
  for (int i = 0; i < caps::png_chunks && at + 12 <= file.size(); ++i) {
    const std::size_t length = big32(file, at);
    if (file.substr(at + 4, 4) == "eXIf") {
      return read_exif(bounded(file.substr(at + 8, length)), metadata);
    }
    at += 12 + length;
  }
}

void read_webp(std::string_view file, Metadata& metadata) {
  std::size_t at = 12;
  for (int i = 0; i < caps::webp_chunks && at + 8 <= file.size(); ++i) {
    const std::size_t length = little32(file, at + 4);
    if (file.substr(at, 4) == "EXIF") {
      std::string_view content = file.substr(at + 8, length);
      if (content.starts_with(exif_mark)) content.remove_prefix(exif_mark.size());
      return read_exif(bounded(content), metadata);
    }
    at += 8 + length + length % 2;
  }
}

void put(std::span<char> place, std::string_view text) {
  std::size_t length = std::min(text.size(), place.size());
  // Not into the middle of a character.
  while (length < text.size() && length > 0 && (text[length] & 0xc0) == 0x80) --length;
  std::memcpy(place.data(), text.data(), length);
}

std::string get(std::span<const char> place) {
  const std::string_view text(place.data(), ::strnlen(place.data(), place.size()));
  return count_characters(text) ? std::string(text) : std::string();
}

double sane(double number, double low, double high) {
  return std::isfinite(number) && number >= low && number <= high ? number : 0;
}

// The shape of what read_exif() writes; digits are checked, not the calendar.
bool is_time(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < shape.size()) return false;
  const std::string_view zone = text.substr(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return false;
  }
  if (zone.empty() || zone == "Z") return true;
  constexpr std::string_view offset = "sdd:dd";
  if (zone.size() != offset.size() || (zone[0] != '+' && zone[0] != '-')) return false;
  for (std::size_t i = 1; i < offset.size(); ++i) {
    const bool digit = zone[i] >= '0' && zone[i] <= '9';
    if (offset[i] == 'd' ? !digit : zone[i] != ':') return false;
  }
  return true;
}

}  // namespace

Metadata read_metadata(std::string_view file, Format format) {
  Metadata metadata;
  if (format == Format::jpeg) read_jpeg(file, metadata);
  if (format == Format::png) read_png(file, metadata);
  if (format == Format::webp) read_webp(file, metadata);
  if (is_heif(format)) read_exif(find_heif_exif(file), metadata);
  return metadata;
}

MetadataRecord to_record(const Metadata& metadata) {
  MetadataRecord record;
  put(record.make, metadata.make);
  put(record.model, metadata.model);
  put(record.lens, metadata.lens);
  put(record.exposure_time, metadata.exposure_time);
  put(record.taken_at, metadata.taken_at);
  put(record.copyright, metadata.copyright);
  put(record.artist, metadata.artist);
  put(record.description, metadata.description);
  put(record.caption, metadata.caption);
  const std::size_t keywords = std::min(metadata.keywords.size(), MetadataRecord::keywords_max);
  for (std::size_t i = 0; i < keywords; ++i) put(record.keywords[i], metadata.keywords[i]);
  record.f_number = metadata.f_number;
  record.focal_length = metadata.focal_length;
  record.iso = metadata.iso;
  record.has_position = metadata.position ? 1 : 0;
  record.latitude = metadata.position ? metadata.position->latitude : 0;
  record.longitude = metadata.position ? metadata.position->longitude : 0;
  return record;
}

Metadata from_record(const MetadataRecord& record) {
  Metadata metadata;
  metadata.make = get(record.make);
  metadata.model = get(record.model);
  metadata.lens = get(record.lens);
  metadata.exposure_time = get(record.exposure_time);
  metadata.taken_at = get(record.taken_at);
  if (!is_time(metadata.taken_at)) metadata.taken_at.clear();
  metadata.copyright = get(record.copyright);
  metadata.artist = get(record.artist);
  metadata.description = get(record.description);
  metadata.caption = get(record.caption);
  for (const auto& each : record.keywords) {
    if (std::string keyword = get(each); !keyword.empty()) metadata.keywords.push_back(keyword);
  }
  metadata.f_number = sane(record.f_number, 0, 1'000);
  metadata.focal_length = sane(record.focal_length, 0, 100'000);
  metadata.iso = record.iso > 0 && record.iso < 100'000'000 ? record.iso : 0;
  const bool somewhere = std::isfinite(record.latitude) && std::isfinite(record.longitude) &&
                         std::abs(record.latitude) <= 90 && std::abs(record.longitude) <= 180;
  if (record.has_position == 1 && somewhere) {
    metadata.position = GeoPosition{record.latitude, record.longitude};
  }
  return metadata;
}

}  // namespace picsharz::image
