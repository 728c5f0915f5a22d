// Who may have which rendition, and its bytes.
//
// What:      cached() answers for photos that everybody may see, from memory; find() reads the
//            database and answers for everybody. What cached() does not know, find() decides: a
//            refusal is never remembered.
// Larger:    the address of the 2048 is good before there is one: find() answers with the largest
//            picture there is, for a minute, and asks ExtraService for the 2048. Who asks for a
//            public photo often enough makes it popular: the pictures that this is worth are to be
//            asked for by want_extras(), off the I/O thread. More become popular at once than one
//            lane of work can make pictures of; those that were passed over come again.
// Hot:       of what is asked for again and again, all that an answer takes is remembered: the
//            bytes (FileCache::hold), the address that was found good, and what its sender says of
//            it. It hangs on the remembered photo and goes with it. What is pinned (keep_hot) is
//            hot at its first request.
// Fresh:     what is remembered is shown only while the change log is fresh: so what anybody takes
//            away is gone within a second, also when the database cannot be asked; forget() takes
//            it away at once in this process.
// Threads:   thread-safe. cached() takes a shard's lock for a lookup and at most opens a file, so
//            it may run on an I/O thread; find() blocks.
// Failures:  those of the database and the store are thrown. Every refusal is the same not_found.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/file_handle.h"
#include "base/function_ref.h"
#include "base/pace.h"
#include "base/viewer.h"
#include "db/change_log.h"
#include "db/database.h"
#include "features/photos/extra_service.h"
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
  std::shared_ptr<const storage::HeldObject> held{};  // instead of `file`
  std::shared_ptr<const std::string> told{};          // with `held`: what Describe said of it
  image::Format format = image::Format::webp;
  std::int64_t epoch = 0;
  bool for_all = false;           // may be kept by shared caches
  bool interim = false;           // in the place of the one that was asked for: not for long
  bool popular = false;           // call want_extras()
  std::int64_t seconds_left = 0;  // until its address dies
};

// What goes before a picture where it is sent. Kept for a minute at most: seconds_left is what will
// be left at its end.
using Describe = FunctionRef<std::string(const MediaPicture&)>;

struct MediaOptions {
  std::size_t capacity = 100'000;  // photos remembered, about 300 bytes each
  ExtraService* extras = nullptr;  // whom to ask for larger pictures
};

class MediaService final : public db::ChangeListener {
 public:
  // Add it to the listeners of `changes`.
  MediaService(db::Database& database, const Clock& clock, const db::ChangeLog& changes,
               storage::FileCache& files, const MediaSigner& signer, MediaOptions options = {});

  std::optional<MediaPicture> cached(const MediaRequest& request, Describe describe);
  std::optional<MediaPicture> cached(const MediaRequest& request) {
    return cached(request, [](const MediaPicture&) { return std::string(); });
  }
  Result<MediaPicture> find(const MediaRequest& request, const Viewer& viewer);
  // Of a photo that everybody may see now, for addresses that last: nothing is signed, so it is
  // asked each time. Only what is there: nothing is made for it.
  Result<MediaPicture> find_public(PhotoId photo, std::string_view rendition);
  // The pictures of these are in memory from now on until the next call, as far as they fit
  // (FileCache::pin): of photos that everybody may see, and the sizes that a page of many asks for.
  // One caller at a time. Blocks.
  void keep_hot(std::span<const PhotoId> ids);
  // What a popular photo deserves. Blocks.
  void want_extras(PhotoId id);
  void forget(PhotoId id);

  void changed(std::span<const db::Change> changes) override;
  void all_changed() override;

 private:
  static constexpr std::size_t shard_count = 16;

  struct Remembered {
    MediaRow row;
    std::atomic<std::uint32_t> requests{0};  // with a good signature
  };
  // One of at most hot_max.
  class Seat {
   public:
    explicit Seat(std::atomic<int>& taken) : taken_(&taken) { ++taken; }
    Seat(Seat&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
    Seat& operator=(Seat&& other) noexcept {
      std::swap(taken_, other.taken_);
      return *this;
    }
    ~Seat() {
      if (taken_ != nullptr) --*taken_;
    }

   private:
    std::atomic<int>* taken_;
  };
  struct Hot {
    Seat seat;
    std::string rendition;
    std::int64_t expires = 0;
    std::string signature;  // that was found good for it
    std::weak_ptr<const storage::HeldObject> held;
    image::Format format = image::Format::webp;
    std::shared_ptr<const std::string> told;
    Micros until = 0;  // before the address dies
  };
  struct Entry {
    std::shared_ptr<Remembered> photo;
    bool used = true;        // since room was made last
    std::vector<Hot> hot{};  // one for each address that is asked for: few
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<PhotoId, Entry> entries;
    std::uint64_t forgotten = 0;
  };

  Shard& shard_of(PhotoId id);
  std::shared_ptr<Remembered> read_public(PhotoId id);
  void keep(Shard& shard, PhotoId id, std::shared_ptr<Remembered> photo);
  void make_room(Shard& shard);
  void forget_photos_of(AccountId owner);
  std::uint32_t count(Remembered& photo, MediaPicture& picture);
  bool is_pinned(const Remembered& photo, std::string_view name) const;
  std::optional<MediaPicture> hot_picture(Entry& entry, const MediaRequest& request);
  void heat(Shard& shard, const MediaRequest& request, const std::shared_ptr<Remembered>& photo,
            std::string_view name, MediaPicture picture, Describe describe);
  void cool(Shard& shard);
  bool verify(const MediaRequest& request, const MediaRow& row) const;
  std::optional<MediaPicture> open(const MediaRequest& request, const MediaRow& row,
                                   std::string_view name);
  std::optional<MediaPicture> open_or_want(const MediaRequest& request, const MediaRow& row);

  db::Database& database_;
  const Clock& clock_;
  const db::ChangeLog& changes_;
  storage::FileCache& files_;
  const MediaSigner& signer_;
  const std::size_t shard_capacity_;
  ExtraService* const extras_;
  std::atomic<int> hot_{0};  // outlives the seats in shards_
  std::array<Shard, shard_count> shards_;
  Pace heating_;
  Pace wishes_;
  PhotoStore photos_;
};

}  // namespace picsharz::photos
