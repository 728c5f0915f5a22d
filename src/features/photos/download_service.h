// The picture that others may keep: full size, made by our own encoder, with a colour profile and
// the owner's copyright notice written anew, and nothing else of the file.
//
// What:      made when it is asked for the first time of this photo, and kept beside the
//            renditions; it goes with them. Another photo of the same bytes has it made again and
//            stored once: nobody can tell by it that somebody else has these bytes. At most
//            image::full_size_pixels, a JPEG; what is transparent becomes white.
// Who:       whoever sees the photo, where its owner allows it; the owner always.
// Threads:   thread-safe. The picture of each photo is made once at a time; the others are told to
//            come back.
// Failures:  forbidden where the owner does not allow it; the refusals of the decoder. Those of the
//            database, the store and the decoders that are down are thrown.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_handle.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/original_service.h"
#include "features/photos/photo_edit_store.h"
#include "image/decoder_pool.h"
#include "jobs/queue.h"
#include "storage/object_store.h"

namespace picsharz::photos {

class DownloadService {
 public:
  DownloadService(db::Database& database, jobs::Queue& queue, storage::ObjectStore& store,
                  OriginalService& originals, image::ExtraEncoder& encoder)
      : database_(database),
        queue_(queue),
        store_(store),
        originals_(originals),
        encoder_(encoder) {}

  Result<std::shared_ptr<const FileHandle>> find(const Viewer& viewer, PhotoId id);

 private:
  struct Wanted {
    PhotoId photo;
    std::string original;
    std::string copyright;
    bool made = false;  // for this photo
  };

  Result<Wanted> look_up(db::Tx& tx, const Viewer& viewer, PhotoId id);
  Result<std::shared_ptr<const FileHandle>> make(const Wanted& wanted);

  db::Database& database_;
  jobs::Queue& queue_;
  storage::ObjectStore& store_;
  OriginalService& originals_;
  image::ExtraEncoder& encoder_;
  std::mutex mutex_;
  std::set<PhotoId> making_;
  PhotoEditStore photos_;
};

}  // namespace picsharz::photos
