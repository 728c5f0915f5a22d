// How a photo develops: decoded, its renditions stored, looked at, and published, held, removed or
// rejected.
//
//   received -> decoding -> classifying -> published | held | removed
//                       \-> rejected
//
// Policy:    Check::after publishes a photo as soon as it is decoded and withdraws it where the
//            classifier finds something; never one that is on the blocklist, whose owner is held
//            back, or that nobody would look at because there are no models.
//
// Repeated:  every step may be done again, so a job that was cut off anywhere simply starts anew. A
//            photo in a final state is left alone, unless it is published and not checked yet.
//            In the transaction that holds or removes a photo the gate is told (gate_service.h).
//            The last attempt of a job does no work but records "processing_failed": a photo that
//            kills its worker ends, too; and where even that was cut off, with the job's death.
// Threads:   thread-safe; develop() takes as long as decoding and classifying.
// Failures:  what is wrong with the picture is its state and reason, not an error. What is down
//            (decoder, store, database) is thrown: the job is tried again; on a full disk for as
//            long as it takes.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "db/database.h"
#include "features/photos/gate_service.h"
#include "features/photos/judge_service.h"
#include "features/photos/likeness_service.h"
#include "features/photos/original_store.h"
#include "features/photos/photo_edit_store.h"
#include "features/photos/photo_store.h"
#include "image/decoder_pool.h"
#include "jobs/queue.h"
#include "storage/object_store.h"
#include "vision/classifier.h"

namespace picsharz::photos {

// When the classifier looks at a photo: before others may see it, or after.
enum class Check { before, after };

class DevelopService {
 public:
  DevelopService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                 storage::ObjectStore& store, image::Developer& developer,
                 vision::Classifier& classifier, GateService* gate = nullptr,
                 LikenessService* likeness = nullptr, Check check = Check::before)
      : database_(database),
        clock_(clock),
        queue_(queue),
        store_(store),
        developer_(developer),
        classifier_(classifier),
        gate_(gate),
        likeness_(likeness),
        check_(check) {}

  // In the transaction that gives its job to a worker.
  void begin(db::Tx& tx, PhotoId id);
  // True: the job is finished, in the transaction of the result.
  bool develop(const jobs::Job& job, PhotoId id);
  // In the transaction that gives its job up: the photo ends with "processing_failed".
  void give_up(db::Tx& tx, PhotoId id);

 private:
  // What stands in the rows once the renditions are stored.
  struct Pictures {
    DevelopedRow row;
    PhotoMetadata metadata;
    std::vector<RenditionRow> renditions;
  };
  struct Finding {
    Outcome outcome;
    std::optional<Pictures> pictures;  // where they are not in the rows yet
  };

  Finding work_or_wait(const Photo& photo);
  Finding work(const Photo& photo);
  Result<image::Developed> decode(const Photo& photo, image::Wanted wanted);
  Pictures store_renditions(const Photo& photo, const image::Developed& developed);
  // False where the photo is in a final state, or deleted: then they go again.
  bool list(db::Tx& tx, const Photo& photo, const Pictures& pictures);
  bool is_over(const Photo& photo);
  bool may_publish_unchecked(const Photo& photo);
  Outcome judge(const Photo& photo, const image::Developed& developed);
  void conclude(const jobs::Job& job, const Photo& photo, const Finding& found, Micros started);
  bool end(db::Tx& tx, PhotoId id, const Outcome& outcome);
  Outcome with_policy(db::Tx& tx, const Photo& photo, const Outcome& outcome);

  db::Database& database_;
  const Clock& clock_;
  jobs::Queue& queue_;
  storage::ObjectStore& store_;
  image::Developer& developer_;
  vision::Classifier& classifier_;
  GateService* const gate_;
  LikenessService* const likeness_;
  const Check check_;
  PhotoStore photos_;
  PhotoEditStore details_;
  OriginalStore originals_;
};

}  // namespace picsharz::photos
