// An archive that becomes photos, and what became of each. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "features/photos/photo.h"

namespace picsharz::imports {

using ImportId = Id<struct ImportTag>;

inline constexpr std::int64_t element_max = 256 * 1024;        // of a list in an archive, bytes
inline constexpr std::size_t document_max = 16 * 1024 * 1024;  // of one that is read as a whole
inline constexpr std::int64_t list_max = 512 * 1024 * 1024;    // of one that is read by elements
inline constexpr std::int64_t photos_max = 200'000;            // of one archive
inline constexpr std::size_t removed_labels_max = 100;         // of one photo

// Numbers are in the database: never renumber.
enum class ImportState { running = 0, done = 1, failed = 2, cancelled = 3 };
enum class ArchiveKind { unknown = 0, picsharz = 1, instagram = 2 };
enum class Outcome {
  begun = 0,    // the photo is there, what is said about it is not yet
  taken = 1,    // a photo more
  known = 2,    // there was one of these bytes already
  refused = 3,  // with a reason
};

struct ImportWish {
  UploadId upload{};
  bool people = false;   // follow, block and mute whom the archive names; like what it names
  bool profile = false;  // name, biography, country, settings
};

struct Import {
  ImportId id;
  AccountId account;
  ImportWish wish;
  std::string key{};  // Idempotency-Key, or ""
  ArchiveKind kind = ArchiveKind::unknown;
  ImportState state = ImportState::running;
  std::string reason{};  // why it failed: a code, and a sentence
  std::string detail{};
  std::int64_t photos = 0;  // in the archive; 0 until they were counted
  std::int64_t taken = 0;
  std::int64_t known = 0;
  std::int64_t refused = 0;
  std::int64_t avatars_refused = 0;  // counted in `refused`, and no photo
  std::int64_t people = 0;           // followed, blocked, muted
  std::int64_t people_unknown = 0;   // whom nobody knows here
  std::int64_t likes = 0;
  std::int64_t likes_unknown = 0;
  std::int64_t comments_left = 0;  // in the archive; comments are never made in others' names
  Micros created_at = 0;
  std::optional<Micros> finished_at{};

  std::int64_t done() const { return taken + known + refused - avatars_refused; }
};

struct ImportItem {
  std::int64_t number = 0;  // from 1, in the order of the archive; 0: the avatar
  std::string file{};       // in the archive
  std::string old_id{};     // of the photo, where it had one
  std::optional<PhotoId> photo{};
  Outcome outcome = Outcome::refused;
  std::string reason{};
  std::string detail{};
};

// What an archive says of one photo.
struct ArchivedPhoto {
  std::string file{};
  std::string file_name{};
  std::string old_id{};
  std::string refusal{};  // a code; not "": it is not taken, and why
  std::string refusal_detail{};
  std::string title{};
  std::string description{};
  std::string alt{};
  std::vector<std::string> tags{};
  std::vector<std::string> removed_labels{};
  photos::Visibility visibility = photos::Visibility::everyone;
  std::string place{};
  std::optional<bool> show_camera{};
  std::optional<bool> allow_download{};
  std::optional<bool> comments_allowed{};
  std::optional<Micros> created_at{};
};

}  // namespace picsharz::imports
