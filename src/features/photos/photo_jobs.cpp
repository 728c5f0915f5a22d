#include "features/photos/photo_jobs.h"

#include "base/json.h"
#include "features/photos/photo_service.h"

namespace picsharz::photos {

void add_photo_jobs(jobs::HandlerTable& table, DevelopService& developing) {
  table.add(develop_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
    const auto id = PhotoId::parse(payload.text("photo", 1, 20));
    TRY(payload.finish());
    if (!id) return not_found();
    return developing.develop(job, *id) ? jobs::Finished::yes : jobs::Finished::no;
  });
}

}  // namespace picsharz::photos
