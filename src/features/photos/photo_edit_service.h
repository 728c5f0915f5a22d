// What owners do with their photos: look at everything about one, edit it, delete it, take its
// original back.
//
// Who:       the owner. Whoever else sees the photo is told `forbidden`; to all others it does not
//            exist.
// Media:     where the visibility changes, and where a photo is deleted, every address of its
//            pictures that was ever given out is dead: at once in this process, within a second in
//            others.
// Deleting:  takes away every row in one transaction, and with it enqueues the job that erases the
//            bytes, unless another photo has the same ones (OriginalService::erase).
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_handle.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/media_service.h"
#include "features/photos/original_service.h"
#include "features/photos/photo_edit.h"
#include "features/photos/photo_edit_store.h"
#include "features/photos/photo_store.h"
#include "jobs/queue.h"

namespace picsharz::photos {

// The bytes that a member sent, for that member alone.
struct OriginalFile {
  std::shared_ptr<const FileHandle> file;
  image::Format format = image::Format::jpeg;
  std::string file_name;  // as it was sent; may be ""
};

class PhotoEditService {
 public:
  PhotoEditService(db::Database& database, jobs::Queue& queue, MediaService& media,
                   OriginalService& originals)
      : database_(database), queue_(queue), media_(media), originals_(originals) {}

  Result<PhotoPage> edit(const Viewer& viewer, PhotoId id, const PhotoEdit& edit);
  Result<void> remove(const Viewer& viewer, PhotoId id);
  // A label of the classifier, out of place: it is no more found or shown.
  Result<PhotoPage> remove_label(const Viewer& viewer, PhotoId id, std::string_view name);
  // Labels that are not to be seen in it, whether they are there already or come later.
  Result<void> refuse_labels(const Viewer& viewer, PhotoId id, std::span<const std::string> names);
  // The label becomes a tag, and is a label no more.
  Result<PhotoPage> make_tag(const Viewer& viewer, PhotoId id, std::string_view name);
  // Read through and compared with its hash first: a damaged one is never given out.
  Result<OriginalFile> original(const Viewer& viewer, PhotoId id);

 private:
  Result<void> check_owner(db::Tx& tx, const Viewer& viewer, PhotoId id);
  PhotoPage page(db::Tx& tx, const Viewer& viewer, PhotoId id);
  template <class Change>
  Result<PhotoPage> change(const Viewer& viewer, PhotoId id, Change change);

  db::Database& database_;
  jobs::Queue& queue_;
  MediaService& media_;
  OriginalService& originals_;
  PhotoStore rows_;
  PhotoEditStore photos_;
};

}  // namespace picsharz::photos
