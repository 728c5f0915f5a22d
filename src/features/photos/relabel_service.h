// Old photos are looked at again: after the models have changed, or once there are models at all.
//
// Walk:      ask() starts it anew, from the newest photo to the oldest; how far it is stands in the
//            database, so a walk that is cut off goes on where it was. Photos that the active
//            models have labelled already are passed over.
// Pixels:    from the original, through the decoder: a stored rendition is another picture to the
//            models, and no two runs would give the same answer.
// Verdicts:  a photo is never published by a walk, nor hidden against a person's decision. A
//            published one in which the new models find something is withdrawn as if they had been
//            there when it came.
// Held:      what waits because there were no models is judged as a new photo would be, unless a
//            person decided meanwhile.
// Threads:   thread-safe; run() by one worker at a time (its job's key sees to that).
// Failures:  those of the database, the store and the decoder are thrown: run() may be repeated.
//            jobs::Postponed where the walk is not at its end.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "db/database.h"
#include "features/photos/gate_service.h"
#include "features/photos/judge_service.h"
#include "features/photos/photo_edit_store.h"
#include "features/photos/photo_store.h"
#include "features/photos/relabel_store.h"
#include "image/decoder_pool.h"
#include "jobs/queue.h"
#include "storage/object_store.h"
#include "vision/classifier.h"

namespace picsharz::photos {

class RelabelService {
 public:
  RelabelService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                 storage::ObjectStore& store, image::Developer& developer,
                 vision::Classifier& classifier, GateService* gate,
                 LikenessService* likeness = nullptr)
      : database_(database),
        clock_(clock),
        queue_(queue),
        store_(store),
        developer_(developer),
        classifier_(classifier),
        gate_(gate),
        likeness_(likeness) {}

  // Where the program starts, and now and then: photos that wait for models are judged if there are
  // any now.
  void resume();
  // `rest` after each photo, with the time that it took; false: the program ends. Some photos at a
  // time: other upkeep has its turn in between.
  void run(const std::function<bool(Micros)>& rest);

 private:
  std::optional<PhotoId> next();
  Outcome look(const image::Developed& developed);
  bool judge_held(PhotoId id);
  bool label_again(PhotoId id);
  std::optional<image::Developed> develop(const Photo& photo);
  bool settle_held(db::Tx& tx, const Photo& photo, const Outcome& outcome);

  db::Database& database_;
  const Clock& clock_;
  jobs::Queue& queue_;
  storage::ObjectStore& store_;
  image::Developer& developer_;
  vision::Classifier& classifier_;
  GateService* const gate_;
  LikenessService* const likeness_;
  PhotoStore photos_;
  PhotoEditStore details_;
  RelabelStore walk_;
};

inline constexpr const char* relabel_job = "photos.relabel";

// Asks for a walk over all photos; one that is under way starts anew. By whatever process.
Relabelling ask_for_relabelling(db::Database& database, const Clock& clock, jobs::Queue& queue);

}  // namespace picsharz::photos
