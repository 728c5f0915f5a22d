// "You already have this one": near duplicates among one owner's own photos.
//
// When:      a photo that is developed is compared with its owner's others, in the transaction that
//            ends its development, and its embedding is stored there. Of two, the newer one tells
//            of the older one, whichever was developed first; nobody else is told anything.
// Match:     a perceptual hash at most 10 bits away in one of its eight turns; or, by the same
//            model, embeddings with a cosine of at least vision::near_duplicate_from. Hashes that
//            say too little (image/perceptual_hash.h) match only their equals in the embedding.
// Bounds:    limits::own_compared newest photos of the owner.
// Threads:   thread-safe.
// Failures:  not_found as a value where the photo is not the viewer's; the database's are thrown.
#pragma once

#include <vector>

#include "base/error.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/likeness_service.h"
#include "features/similar/similar_store.h"

namespace picsharz::similar {

class DuplicateService final : public photos::LikenessService {
 public:
  explicit DuplicateService(db::Database& database) : database_(database) {}

  void developed(db::Tx& tx, PhotoId id, const photos::Likeness& likeness) override;
  void looked_at_again(db::Tx& tx, PhotoId id, const photos::Likeness& likeness) override;

  // The older photos that this one repeats.
  Result<Page<photos::PhotoView>> list(const Viewer& viewer, PhotoId id);
  // Both are wanted: it is not told again.
  Result<void> keep(const Viewer& viewer, PhotoId id);

 private:
  void compare(db::Tx& tx, AccountId owner, const Traits& mine);

  db::Database& database_;
  SimilarStore rows_;
};

}  // namespace picsharz::similar
