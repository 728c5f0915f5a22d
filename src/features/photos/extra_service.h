// Pictures that only some photos deserve, because somebody looks at them closely (2048) or because
// many look at them (AVIF): asked for by want(), made by a job.
//
// Asked for: by each photo for itself. What was made for another photo of the same bytes is made
//            again by the same steps and stored once: nobody can see by it that somebody else has
//            these bytes. Not where the photo lists it, where a job for it waits, runs or gave up
//            (a dead job is the visible end of what cannot be made, until somebody lets it try
//            again), where the original is damaged, or where limits::extras_waiting jobs wait.
// Made:      stored beside the renditions, with its hash, and named in the photo's list; it goes
//            with the last photo of these bytes. Made while that one goes, it is erased again.
// Lane:      extras, one at a time and in a decoder of their own, so that no upload waits for one.
// Threads:   thread-safe; want() reads the database and sometimes writes to it.
// Failures:  want() has none: where the database refuses, the next wish tries again. make() throws
//            what is down; on a full disk, or without decoders, it waits for as long as it takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "db/database.h"
#include "features/photos/original_service.h"
#include "features/photos/photo_store.h"
#include "image/decoder_pool.h"
#include "jobs/queue.h"
#include "storage/object_store.h"

namespace picsharz::photos {

class ExtraService {
 public:
  // `avif`: this server can write it.
  ExtraService(db::Database& database, jobs::Queue& queue, storage::ObjectStore& store,
               OriginalService& originals, image::ExtraEncoder& encoder, bool avif = true)
      : database_(database),
        queue_(queue),
        store_(store),
        originals_(originals),
        encoder_(encoder),
        avif_(avif) {}

  // large or avif, of a photo that has pictures.
  void want(PhotoId id, image::Extra extra);
  // The job's work. An error: it cannot be made.
  Result<void> make(PhotoId id, image::Extra extra);

 private:
  // Whose turn it takes.
  std::optional<AccountId> look_up(db::Tx& tx, PhotoId id, image::Extra extra);
  Result<std::vector<image::Rendition>> encode(const FileHandle& file, image::Extra extra);
  void keep(const Photo& photo, const std::vector<image::Rendition>& made);

  db::Database& database_;
  jobs::Queue& queue_;
  storage::ObjectStore& store_;
  OriginalService& originals_;
  image::ExtraEncoder& encoder_;
  const bool avif_;
  PhotoStore photos_;
  OriginalStore rows_;
};

inline constexpr const char* extra_job = "rendition.extra";

// "large", "avif": as a job's payload has it.
std::string_view extra_name(image::Extra extra);
std::optional<image::Extra> extra_of(std::string_view name);

}  // namespace picsharz::photos
