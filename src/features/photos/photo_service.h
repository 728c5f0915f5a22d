// Photos: how one comes to be, and a member's own ones.
//
// Threads:   thread-safe.
// Failures:  those of the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/function_ref.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/media_service.h"
#include "features/photos/original_store.h"
#include "features/photos/photo_store.h"
#include "image/image.h"
#include "jobs/queue.h"

namespace picsharz::photos {

// An upload whose original is in the object store already. Texts are checked by the caller.
struct NewPhoto {
  std::string title;
  std::string description;
  std::string alt;
  std::vector<std::string> tags;
  Visibility visibility = Visibility::everyone;
  image::Probe probe;
  std::string original;  // SHA-256, hex
  std::int64_t bytes = 0;
  std::string file_name;
  std::optional<Micros> created_at{};  // of one that is imported; nullopt, or to come: now
};

class PhotoService {
 public:
  PhotoService(db::Database& database, IdSource& ids, const Clock& clock, jobs::Queue& queue,
               MediaService& media)
      : database_(database), ids_(ids), clock_(clock), queue_(queue), media_(media) {}

  // Call it before the original is put into the object store, then create() or release_original():
  // until then nobody erases these bytes. True: what is stored of them is damaged; take it away, so
  // that it is written anew.
  bool claim_original(std::string_view sha256_hex, std::int64_t bytes);
  void release_original(std::string_view sha256_hex);
  // In one transaction: what `first` does (release what was reserved for this photo, say), the
  // photo's bytes counted to its owner, the row, the job that develops it. What `first` refuses is
  // refused; quota_exceeded where the account would hold more bytes than it may: `quota`, or its
  // own. nullopt: that was asked before.
  using First = FunctionRef<Result<void>(db::Tx&, PhotoId)>;
  Result<PhotoView> create(const Viewer& viewer, const NewPhoto& upload,
                           std::optional<std::int64_t> quota, First first);
  // Without a bound, for tests and imports.
  PhotoView create(const Viewer& viewer, const NewPhoto& upload);
  // The newest photo of their own with these bytes; nullopt where they have none.
  std::optional<PhotoView> own_original(const Viewer& viewer, std::string_view sha256_hex);
  // A photo of their own, in whatever state.
  std::optional<PhotoView> own_photo(const Viewer& viewer, PhotoId id);
  Page<PhotoView> own(const Viewer& viewer, const PageRequest& page);
  // How long until this account may upload again when it may upload `count` photos in `window`.
  Micros wait_for_next(AccountId account, int count, Micros window);
  // A published photo becomes held or removed; its media are 404 at once in this process, within a
  // second in others. False where it is not published.
  bool withdraw(PhotoId id, PhotoState state, std::string_view reason);
  // Gives photos whose job was lost (it died with the database, say) a new one; how many it looked
  // at. Photos that have a job keep it.
  int resume_unfinished();

 private:
  void enqueue(db::Tx& tx, PhotoId id, AccountId owner);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  jobs::Queue& queue_;
  MediaService& media_;
  PhotoStore photos_;
  OriginalStore originals_;
};

// Bytes that an upload is about to store, or just did: nobody erases them as long as this lives.
// Without used() nobody needs them after it.
class OriginalClaim {
 public:
  OriginalClaim(PhotoService& photos, std::string sha256_hex, std::int64_t bytes)
      : photos_(photos),
        original_(std::move(sha256_hex)),
        damaged_(photos_.claim_original(original_, bytes)) {}
  ~OriginalClaim();
  OriginalClaim(const OriginalClaim&) = delete;
  OriginalClaim& operator=(const OriginalClaim&) = delete;

  // What is stored of them is damaged: take it away, so that it is written anew.
  bool damaged() const { return damaged_; }
  // A photo was created: it needs them from now on.
  void used() { used_ = true; }

 private:
  PhotoService& photos_;
  const std::string original_;
  const bool damaged_;
  bool used_ = false;
};

inline constexpr const char* develop_job = "photo.develop";
inline constexpr Micros claim_lifetime = hour;  // of an upload that neither ends nor fails

}  // namespace picsharz::photos
