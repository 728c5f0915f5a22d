#include "features/photos/extra_jobs.h"

#include "base/json.h"

namespace picsharz::photos {

void add_extra_jobs(jobs::HandlerTable& table, ExtraService& extras) {
  table.add(extra_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
    const auto photo = PhotoId::parse(payload.text("photo", 1, 20));
    const auto extra = extra_of(payload.text("extra", 1, 10));
    TRY(payload.finish());
    if (!photo || !extra) return not_found();
    TRY(extras.make(*photo, *extra));
    return jobs::Finished::no;
  });
}

}  // namespace picsharz::photos
