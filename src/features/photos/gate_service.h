// Who decides beside the classifier, and is told of photos that do not pass: moderation, which
// photos know nothing else of.
//
// Ownership: implemented by a later feature, handed to DevelopService by the composition root.
// Threads:   called by job workers, several at once; withheld() in the transaction of the photo's
// end. Failures:  what an implementation throws rolls the transaction back: the photo is tried
// again.
#pragma once

#include <cstdint>
#include <optional>

#include "db/database.h"
#include "features/photos/photo.h"

namespace picsharz::photos {

class GateService {
 public:
  virtual ~GateService() = default;
  // Whether a picture with this perceptual hash is one that must not come back. Asked before a
  // photo is published or held; where it is, the photo is removed, "blocklisted".
  virtual bool recognises(std::uint64_t phash) = 0;
  // The development ended with held or removed; the row and its assessment are written.
  virtual void withheld(db::Tx& tx, PhotoId id) = 0;
  // What could not be checked before is checked now: the case that waited for it is over.
  virtual void checked(db::Tx& tx, PhotoId id) = 0;
  // Whether a person's decision about this photo stands: no classifier goes against it.
  virtual bool decided(db::Tx& tx, PhotoId id) = 0;
  // Whether this member's photos wait for a person's eyes however safe they look: they are held,
  // "new_member".
  virtual bool holds_back(db::Tx& tx, AccountId owner) = 0;
  // How many photos this member may upload in a day; nullopt: as many as everybody. Any thread.
  virtual std::optional<int> photos_per_day(AccountId owner) = 0;
};

}  // namespace picsharz::photos
