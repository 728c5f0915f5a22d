// Who is told what a developed photo is like: similar photos, which photos know nothing else of.
//
// Ownership: implemented by a later feature, handed to DevelopService by the composition root.
// Threads:   called by job workers, several at once, in the transaction of the photo's end.
// Failures:  what an implementation throws rolls the transaction back: the photo is tried again.
#pragma once

#include <string>

#include "db/database.h"
#include "features/photos/photo.h"
#include "vision/embedding.h"

namespace picsharz::photos {

struct Likeness {
  std::string model{};            // that gave the embedding, with its version
  vision::Embedding embedding{};  // empty without the rich pack
};

class LikenessService {
 public:
  virtual ~LikenessService() = default;
  // The photo's row has its state and its perceptual hash.
  virtual void developed(db::Tx& tx, PhotoId id, const Likeness& likeness) = 0;
  // An old photo was looked at by other models: nothing new is told of it.
  virtual void looked_at_again(db::Tx& tx, PhotoId id, const Likeness& likeness) = 0;
};

}  // namespace picsharz::photos
