// Rows about what lies in the object store: originals, what was made from them, orphans. No rules.
//
// What:      who adds a photo of some bytes and who erases them both lock the row of `originals`
//            first, so one of them waits for the other's commit and then sees what it did.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "features/photos/photo.h"

namespace picsharz::photos {

struct OriginalRow {
  std::string sha256;
  std::int64_t bytes = 0;
  std::int64_t claims = 0;
  Micros claimed_until = 0;
  std::optional<std::string> damage;
};

// How many were looked at since a moment, and when the one was that was looked at longest ago.
struct CheckCounts {
  std::int64_t originals = 0;
  std::int64_t checked = 0;
  std::optional<Micros> oldest_at{};  // nullopt: one was never looked at, or there is none
};

// A photo whose original is damaged.
struct DamagedPhoto {
  PhotoId photo;
  std::string owner;   // handle
  std::string damage;  // missing, altered
  Micros damaged_at = 0;
};

struct RenditionRow {
  std::string name;
  std::string sha256;
  std::int64_t bytes = 0;
  bool operator==(const RenditionRow&) const = default;
};

class OriginalStore {
 public:
  // An upload of these bytes is under way, until `until` at the latest.
  OriginalRow claim(db::Tx& tx, std::string_view sha256, std::int64_t bytes, Micros until);
  // What was damaged is being replaced: it counts as good, and is looked at again first of all.
  void expect_replacement(db::Tx& tx, std::string_view sha256);
  // It is not any more: it failed.
  void end_claim(db::Tx& tx, std::string_view sha256);
  // A photo of these bytes, which were just stored, is written in this transaction.
  void use(db::Tx& tx, std::string_view sha256, std::int64_t bytes);
  // Locks the row, which is made where there is none.
  OriginalRow lock(db::Tx& tx, std::string_view sha256);
  bool has_photos(db::Tx& tx, std::string_view sha256);
  // The row, those of its renditions, and what was noted of it as an orphan.
  void remove(db::Tx& tx, std::string_view sha256);

  void put_rendition(db::Tx& tx, std::string_view original, const RenditionRow& row);
  void remove_rendition(db::Tx& tx, std::string_view original, std::string_view name);
  std::vector<RenditionRow> renditions(db::Tx& tx, std::string_view original);
  // The lists of all photos of it ("320.webp,640.webp"), each once.
  std::vector<std::string> rendition_lists(db::Tx& tx, std::string_view original);

  // Names in the photo's list what was made for it on demand; nothing where it is gone or has other
  // bytes. No other photo of these bytes learns of it. Under the row's lock.
  void list_made(db::Tx& tx, PhotoId photo, std::string_view original,
                 std::span<const std::string> names);
  // Takes these out of the lists of all photos of it. Under the row's lock.
  void unlist_made(db::Tx& tx, std::string_view original, std::span<const std::string> names);

  // The one that was not looked at for the longest time, before `before`.
  std::optional<OriginalRow> next_to_check(db::Tx& tx, Micros before);
  void set_checked(db::Tx& tx, std::string_view sha256, std::optional<std::string_view> damage,
                   Micros now);
  std::vector<OriginalRow> damaged(db::Tx& tx, int limit);
  // Newest first.
  std::vector<DamagedPhoto> damaged_photos(db::Tx& tx, int limit);
  CheckCounts count_checked(db::Tx& tx, Micros since);
  // CRC-32 of the bytes, once somebody has read them for it.
  std::optional<std::uint32_t> crc32(db::Tx& tx, std::string_view sha256);
  void set_crc32(db::Tx& tx, std::string_view sha256, std::uint32_t crc);
  std::int64_t count_damaged(db::Tx& tx);
  bool is_damaged(db::Tx& tx, std::string_view sha256);
  // Rows without any photo and any claim.
  std::vector<std::string> unused(db::Tx& tx, Micros now, int limit);

  // Since when it is known as an orphan: from now on, or from earlier.
  Micros note_orphan(db::Tx& tx, std::string_view sha256, Micros now);
  // Forgets those that became a photo's meanwhile.
  void forget_used_orphans(db::Tx& tx);

  std::optional<Micros> done_at(db::Tx& tx, std::string_view task);
  void set_done(db::Tx& tx, std::string_view task, Micros now);
};

}  // namespace picsharz::photos
