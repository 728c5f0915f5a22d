// The job of moderation: "moderation.tell", one for each decision that somebody is to hear of.
#pragma once

#include "features/moderation/moderation_service.h"
#include "jobs/worker.h"

namespace picsharz::moderation {

void add_moderation_jobs(jobs::HandlerTable& table, ModerationService& moderation);

}  // namespace picsharz::moderation
