// Who may have which rendition, and its bytes.
//
// What:      cached() answers for photos that everybody may see, from memory; find() reads the
//            database and answers for everybody. What cached() does not know, find() decides: a
//            refusal is never remembered.
// Fresh:     what is remembered is shown only while the change log is fresh: so what anybody takes
//            away is gone within a second, also when the database cannot be asked; forget() takes
//            it away at once in this process.
// Threads:   thread-safe. cached() takes a shard's lock for a lookup and at most opens a file, so
//            it may run on an I/O thread; find() blocks.
// Failures:  those of the database and the store are thrown. Every refusal is the same not_found.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"
#include "base/file_handle.h"
#include "base/viewer.h"
#include "db/change_log.h"
#include "db/database.h"
#include "features/photos/media_urls.h"
#include "features/photos/photo_store.h"
#include "storage/file_cache.h"

namespace picsharz::photos {

// What a request for a rendition says. Views of the request.
struct MediaRequest {
  PhotoId photo;
  std::string_view rendition;  // "320"
  AccountId account{};         // 0: it says that everybody may see it
  std::int64_t expires = 0;    // seconds since 1970
  std::string_view signature;
};

struct MediaPicture {
  std::shared_ptr<const FileHandle> file;
  image::Format format = image::Format::webp;
  std::int64_t epoch = 0;
  bool for_all = false;           // may be kept by shared caches
  std::int64_t seconds_left = 0;  // until its address dies
};

class MediaService final : public db::ChangeListener {
 public:
  // `capacity`: photos remembered, about 300 bytes each. Add it to the listeners of `changes`.
  MediaService(db::Database& database, const Clock& clock, const db::ChangeLog& changes,
               storage::FileCache& files, const MediaSigner& signer,
               std::size_t capacity = 100'000);

  std::optional<MediaPicture> cached(const MediaRequest& request);
  Result<MediaPicture> find(const MediaRequest& request, const Viewer& viewer);
  void forget(PhotoId id);

  void changed(std::span<const db::Change> changes) override;
  void all_changed() override;

 private:
  static constexpr std::size_t shard_count = 16;

  struct Entry {
    std::shared_ptr<const MediaRow> row;
    bool used = true;  // since room was made last
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<PhotoId, Entry> entries;
    std::uint64_t forgotten = 0;
  };

  Shard& shard_of(PhotoId id);
  std::shared_ptr<const MediaRow> read_public(PhotoId id);
  void keep(Shard& shard, PhotoId id, std::shared_ptr<const MediaRow> row);
  void make_room(Shard& shard);
  void forget_photos_of(AccountId owner);
  std::optional<MediaPicture> open(const MediaRequest& request, const MediaRow& row);

  db::Database& database_;
  const Clock& clock_;
  const db::ChangeLog& changes_;
  storage::FileCache& files_;
  const MediaSigner& signer_;
  const std::size_t shard_capacity_;
  std::array<Shard, shard_count> shards_;
  PhotoStore photos_;
};

}  // namespace picsharz::photos
