// Everything of one account, as one archive. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "features/photos/photo.h"
#include "features/photos/photo_edit.h"

namespace picsharz::exports {

using ExportId = Id<struct ExportTag>;

inline constexpr Micros export_lifetime = 24 * hour;  // of the link
inline constexpr int exports_per_day = 10;            // of one account, in one process
inline constexpr int format_version = 1;              // docs/export.md
inline constexpr std::string_view format_name = "picsharz";

enum class ExportState { working = 0, ready = 1, failed = 2 };

struct Export {
  ExportId id;
  AccountId account;
  ExportState state = ExportState::working;
  std::string key{};  // Idempotency-Key, or ""
  std::int64_t photos = 0;
  std::int64_t done = 0;
  std::int64_t left_out = 0;  // photos whose file is damaged here
  std::int64_t size = 0;
  Micros created_at = 0;
  std::string avatar{};  // of its owner when it was made
  std::optional<Micros> ready_at{};
  Micros expires_at = 0;
};

// A photo of the account, as its archive has it.
struct ExportedPhoto {
  photos::Photo photo;
  photos::PhotoDetails details;
  std::vector<std::string> removed_labels;
  std::optional<std::uint32_t> crc;  // nullopt: not known, or its file is damaged
};

// A photo that something refers to. Another owner's is named only where it may be seen.
struct PhotoReference {
  PhotoId id{};
  std::string owner{};
};

struct ExportedLike {
  PhotoReference photo;
  Micros at = 0;
};

struct ExportedComment {
  CommentId id{};
  std::optional<PhotoReference> photo{};  // nullopt: it cannot be seen any more
  std::string author{};
  CommentId parent{};
  std::string text{};
  std::optional<Micros> edited_at{};
  Micros at = 0;
};

enum class Relationship { following, requested, followers, requests, blocks, mutes };

struct ExportedPerson {
  AccountId id{};
  std::string handle;
  Micros since = 0;
};

struct ExportedCollection {
  std::int64_t id = 0;
  bool saved = false;
  std::string name;
  std::string description;
  photos::Visibility visibility = photos::Visibility::everyone;
  Micros created_at = 0;
};

}  // namespace picsharz::exports
