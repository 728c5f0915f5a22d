// A photo: what a member uploaded, and what became of it. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "image/image.h"

namespace picsharz::photos {

enum class Visibility { everyone = 0, followers = 1, only_me = 2 };  // public, followers, private
enum class PhotoState {
  received = 0,
  decoding = 1,
  classifying = 2,
  published = 3,
  held = 4,
  removed = 5,
  rejected = 6,
};

std::string_view visibility_name(Visibility visibility);
std::optional<Visibility> visibility_of(std::string_view name);
std::string_view state_name(PhotoState state);

struct Photo {
  PhotoId id;  // sorts by the time of upload
  AccountId owner;
  std::string title;
  std::string description;
  std::string alt;
  std::string tags;    // JSON: ["harbour"]
  std::string labels;  // JSON: [{"name":"boat","confidence":0.91}], confidence >= 0.5
  Visibility visibility = Visibility::everyone;
  PhotoState state = PhotoState::received;
  std::optional<std::string> reason;  // why held, removed, rejected: a code
  int width = 0;                      // orientation applied
  int height = 0;
  std::optional<std::string> thumbhash;  // base64
  std::string renditions;  // "320.webp,640.webp,1280.jpg", smallest first; "" before developed
  std::int64_t likes = 0;
  std::int64_t comments = 0;
  std::int64_t epoch = 1;  // media URLs signed with an older one are dead
  std::string original;    // SHA-256 of the bytes, hex: the object's name
  image::Format format = image::Format::jpeg;
  std::int64_t bytes = 0;
  std::string file_name;  // as sent; for its owner's eyes only
  Micros created_at = 0;
};

// What changes with the people who look.
struct PhotoCounts {
  std::int64_t likes = 0;
  std::int64_t comments = 0;
  bool liked = false;  // by the viewer
};

// One photo as one viewer sees it.
struct PhotoView {
  Photo photo;
  std::string owner_handle;
  std::string owner_name;
  std::string owner_avatar{};
  bool owner_private = false;  // media URLs of a private account are signed for their viewer
  bool owner_active = true;    // so are those of a suspended one, for moderators
  bool liked = false;          // by the viewer
};

// What is seen in it.
struct PhotoLabel {
  std::string name;
  double confidence = 0;  // 0..1
  std::string models{};   // what sees it, where it is not the assessment's
};

// Renditions exist and may be shown to somebody: the owner at least.
bool has_pictures(PhotoState state);
// The development is over: published, held, removed or rejected.
bool is_final(PhotoState state);

// "320.webp,640.webp" as the names that have an address; and of a name the size, "320".
std::vector<std::string_view> rendition_names(std::string_view renditions);
std::string_view rendition_size(std::string_view name);
// What a URL shows of a name: the size; an AVIF, which stands beside another rendition of its size,
// is asked for by its whole name.
std::string_view rendition_address(std::string_view name);
image::Format rendition_format(std::string_view name);
// The address of the largest one, which is there from the beginning.
inline constexpr std::string_view large_rendition = "2048";
// Made when it is wanted, after the development: "2048.jpg", "640.avif".
bool is_extra(std::string_view name);
// The full-size picture for those who may keep it: listed once it was made for this photo, but not
// one of its names, because its only address is /v1/photos/{id}/download.
inline constexpr std::string_view download_name = "download.jpg";
bool lists_download(std::string_view renditions);
// What was made when it was wanted: the extras and the picture for downloads.
bool is_made_on_demand(std::string_view name);
std::vector<std::string> made_on_demand(std::string_view renditions);
// The list with these as well, which were made on demand ("" stays ""), or without them.
std::string with_made(std::string_view renditions, std::span<const std::string> made);
std::string without_made(std::string_view renditions, std::span<const std::string> made);
std::string_view extension(image::Format format);  // "jpg"

// Object keys, content-addressed: the same bytes are stored once whoever sends them.
std::string original_key(std::string_view sha256_hex);  // originals/ab/<hex>
std::string rendition_key(std::string_view sha256_hex,
                          std::string_view name);  // renditions/ab/<hex>/320.webp

}  // namespace picsharz::photos
