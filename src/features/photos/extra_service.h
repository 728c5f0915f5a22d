// Pictures that only some photos deserve, because somebody looks at them closely (2048) or because
// many look at them (AVIF): asked for by want(), made by a job.
//
// Asked for: once for all photos of the same bytes. Not where it is there, where a job for it
// waits,
//            runs or gave up (a dead job is the visible end of what cannot be made, until somebody
//            lets it try again), where the original is damaged, or where limits::extras_waiting
//            jobs wait.
// Made:      stored beside the renditions, with its hash, and named in the list of every photo of
//            these bytes; it goes with them. Made while the last photo goes, it is erased again.
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
  Result<void> make(std::string_view sha256_hex, image::Extra extra);

 private:
  struct Wish {
    AccountId account;
    std::string original;
  };

  std::optional<Wish> look_up(db::Tx& tx, PhotoId id, image::Extra extra);
  bool needed(std::string_view original, image::Extra extra);
  Result<std::vector<image::Rendition>> encode(const FileHandle& file, image::Extra extra);
  void keep(std::string_view original, const std::vector<image::Rendition>& made);

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
