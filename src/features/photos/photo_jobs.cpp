#include "features/photos/photo_jobs.h"

#include "base/json.h"
#include "features/photos/photo_service.h"

namespace picsharz::photos {

namespace {

Result<PhotoId> photo_of(const jobs::Job& job) {
  TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
  const auto id = PhotoId::parse(payload.text("photo", 1, 20));
  TRY(payload.finish());
  if (!id) return not_found();
  return *id;
}

}  // namespace

void add_photo_jobs(jobs::HandlerTable& table, jobs::Queue& queue, DevelopService& developing) {
  queue.on_claim(develop_job, [&](db::Tx& tx, const jobs::Job& job) {
    if (const auto id = photo_of(job)) developing.begin(tx, *id);
  });
  queue.on_death(develop_job, [&](db::Tx& tx, const jobs::Job& job) {
    if (const auto id = photo_of(job)) developing.give_up(tx, *id);
  });
  table.add(develop_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(const PhotoId id, photo_of(job));
    return developing.develop(job, id) ? jobs::Finished::yes : jobs::Finished::no;
  });
}

}  // namespace picsharz::photos
