#include "features/photos/download_service.h"

#include <array>
#include <string>
#include <utility>

#include "image/copyright.h"
#include "image/probe.h"

namespace picsharz::photos {

namespace {

constexpr std::size_t making_at_once = 2;

std::unexpected<Error> come_back() {
  auto busy = fail(ErrorKind::unavailable, "busy", "This picture is being made.",
                   "Try again in a few seconds.");
  busy.error().retry_after_seconds = 3;
  return busy;
}

// Takes an entry out of a set when it goes.
class Turn {
 public:
  Turn(std::mutex& mutex, std::set<PhotoId>& making, PhotoId photo)
      : mutex_(mutex), making_(making), photo_(photo) {
    const std::lock_guard lock(mutex_);
    taken_ = making_.size() < making_at_once && making_.insert(photo_).second;
  }
  ~Turn() {
    const std::lock_guard lock(mutex_);
    if (taken_) making_.erase(photo_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool taken() const { return taken_; }

 private:
  std::mutex& mutex_;
  std::set<PhotoId>& making_;
  const PhotoId photo_;
  bool taken_ = false;
};

}  // namespace

Result<DownloadService::Wanted> DownloadService::look_up(db::Tx& tx, const Viewer& viewer,
                                                         PhotoId id) {
  const auto owner = photos_.visible_owner(tx, viewer, id);
  if (!owner) return not_found();
  const Photo photo = photos_.find_own(tx, *owner, id).value().photo;
  if (!has_pictures(photo.state)) return not_found();
  const PhotoDetails details = photos_.details(tx, id);
  if (!details.allow_download && *owner != viewer.account) {
    return fail(ErrorKind::forbidden, "forbidden", "This photo is not for downloading.",
                "Ask its owner, who can allow it.");
  }
  return Wanted{id, photo.original, details.metadata.copyright, lists_download(photo.renditions)};
}

Result<std::shared_ptr<const FileHandle>> DownloadService::find(const Viewer& viewer, PhotoId id) {
  TRY_ASSIGN(const Wanted wanted,
             database_.read([&](db::Tx& tx) { return look_up(tx, viewer, id); }));
  if (wanted.made) {
    if (auto file = store_.open(rendition_key(wanted.original, download_name))) return file;
  }
  const Turn turn(mutex_, making_, wanted.photo);
  if (!turn.taken()) return come_back();
  return make(wanted);
}

Result<std::shared_ptr<const FileHandle>> DownloadService::make(const Wanted& wanted) {
  const auto file = originals_.open_checked(wanted.original);
  if (!file) return original_damaged();
  TRY_ASSIGN(const image::Probe probe, image::probe(*file));
  TRY_ASSIGN(const auto made,
             encoder_.encode(file->descriptor(), file->size(), probe, image::Extra::full_size));
  const std::string bytes = image::with_copyright(made.front().bytes, wanted.copyright);
  const std::string key = rendition_key(wanted.original, download_name);
  store_.put_bytes(key, bytes);
  const std::array names{std::string(download_name)};
  originals_.note_made(queue_, wanted.photo, wanted.original, names);
  auto stored = store_.open(key);
  if (!stored) return not_found();
  return stored;
}

}  // namespace picsharz::photos
