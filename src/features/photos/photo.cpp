#include "features/photos/photo.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace picsharz::photos {

namespace {

// Of the picture for downloads, which comes last, there is no saying.
int pixels_of(std::string_view name) {
  int pixels = std::numeric_limits<int>::max();
  std::from_chars(name.data(), name.data() + name.size(), pixels);
  return pixels;
}

std::vector<std::string_view> all_names(std::string_view renditions) {
  std::vector<std::string_view> names;
  while (!renditions.empty()) {
    const std::size_t comma = std::min(renditions.find(','), renditions.size());
    names.push_back(renditions.substr(0, comma));
    renditions.remove_prefix(std::min(comma + 1, renditions.size()));
  }
  return names;
}

std::string list_of(std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) {
    if (!list.empty()) list += ',';
    list += name;
  }
  return list;
}

// Two digits of the digest part the objects into 256 folders.
std::string object_key(std::string_view kind, std::string_view sha256_hex) {
  std::string key(kind);
  return key.append("/").append(sha256_hex.substr(0, 2)).append("/").append(sha256_hex);
}

}  // namespace

std::string_view visibility_name(Visibility visibility) {
  switch (visibility) {
    case Visibility::everyone:
      return "public";
    case Visibility::followers:
      return "followers";
    case Visibility::only_me:
      return "private";
  }
  return "private";
}

std::optional<Visibility> visibility_of(std::string_view name) {
  for (const Visibility each : {Visibility::everyone, Visibility::followers, Visibility::only_me}) {
    if (visibility_name(each) == name) return each;
  }
  return std::nullopt;
}

std::string_view state_name(PhotoState state) {
  switch (state) {
    case PhotoState::received:
      return "received";
    case PhotoState::decoding:
      return "decoding";
    case PhotoState::classifying:
      return "classifying";
    case PhotoState::published:
      return "published";
    case PhotoState::held:
      return "held";
    case PhotoState::removed:
      return "removed";
    case PhotoState::rejected:
      return "rejected";
  }
  return "rejected";
}

bool has_pictures(PhotoState state) {
  return state == PhotoState::classifying || state == PhotoState::published ||
         state == PhotoState::held;
}

bool is_final(PhotoState state) { return state >= PhotoState::published; }

std::vector<std::string_view> rendition_names(std::string_view renditions) {
  std::vector<std::string_view> names = all_names(renditions);
  std::erase(names, download_name);
  return names;
}

std::string_view rendition_size(std::string_view name) { return name.substr(0, name.find('.')); }

std::string_view extension(image::Format format) {
  switch (format) {
    case image::Format::jpeg:
      return "jpg";
    case image::Format::png:
      return "png";
    case image::Format::webp:
      return "webp";
    case image::Format::gif:
      return "gif";
    case image::Format::avif:
      return "avif";
    case image::Format::heic:
      return "heic";
  }
  return "webp";
}

image::Format rendition_format(std::string_view name) {
  for (const image::Format format :
       {image::Format::jpeg, image::Format::png, image::Format::avif}) {
    if (name.ends_with(extension(format))) return format;
  }
  return image::Format::webp;
}

std::string_view rendition_address(std::string_view name) {
  return rendition_format(name) == image::Format::avif ? name : rendition_size(name);
}

bool is_extra(std::string_view name) {
  return rendition_size(name) == large_rendition || rendition_format(name) == image::Format::avif;
}

bool is_made_on_demand(std::string_view name) { return is_extra(name) || name == download_name; }

bool lists_download(std::string_view renditions) {
  const std::vector<std::string_view> names = all_names(renditions);
  return std::ranges::find(names, download_name) != names.end();
}

std::vector<std::string> made_on_demand(std::string_view renditions) {
  std::vector<std::string> made;
  for (const std::string_view name : all_names(renditions)) {
    if (is_made_on_demand(name)) made.emplace_back(name);
  }
  return made;
}

std::string with_made(std::string_view renditions, std::span<const std::string> made) {
  std::vector<std::string_view> names = all_names(renditions);
  if (names.empty()) return {};
  for (const std::string_view name : made) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  std::ranges::stable_sort(names, {}, pixels_of);
  return list_of(names);
}

std::string without_made(std::string_view renditions, std::span<const std::string> made) {
  std::vector<std::string_view> names = all_names(renditions);
  std::erase_if(names,
                [&](std::string_view name) { return std::ranges::find(made, name) != made.end(); });
  return list_of(names);
}

std::string original_key(std::string_view sha256_hex) {
  return object_key("originals", sha256_hex);
}

std::string rendition_key(std::string_view sha256_hex, std::string_view name) {
  return object_key("renditions", sha256_hex).append("/").append(name);
}

}  // namespace picsharz::photos
