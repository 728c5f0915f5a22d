#include "features/moderation/moderation_jobs.h"

#include "base/json.h"

namespace picsharz::moderation {

void add_moderation_jobs(jobs::HandlerTable& table, ModerationService& moderation) {
  table.add(tell_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
    const auto id = DecisionId::parse(payload.text("decision", 1, 20));
    TRY(payload.finish());
    if (!id) return not_found();
    moderation.tell(job, *id);
    return jobs::Finished::yes;
  });
}

}  // namespace picsharz::moderation
