// Photos: how one comes to be, and a member's own ones.
//
// Threads:   thread-safe.
// Failures:  those of the database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/media_service.h"
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
};

class PhotoService {
 public:
  PhotoService(db::Database& database, IdSource& ids, const Clock& clock, jobs::Queue& queue,
               MediaService& media)
      : database_(database), ids_(ids), clock_(clock), queue_(queue), media_(media) {}

  // The row and the job that develops it, in one transaction.
  PhotoView create(const Viewer& viewer, const NewPhoto& upload);
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
  void enqueue(db::Tx& tx, PhotoId id);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  jobs::Queue& queue_;
  MediaService& media_;
  PhotoStore photos_;
};

inline constexpr const char* develop_job = "photo.develop";

}  // namespace picsharz::photos
