#include "features/moderation/moderation_event_service.h"

#include <algorithm>
#include <string>

#include "features/moderation/moderation_json.h"

namespace picsharz::moderation {

void ModerationEventService::changed(std::span<const db::Change> changes) {
  const bool cases = std::ranges::any_of(changes, [](const db::Change& change) {
    return change.kind == db::ChangeKind::moderation_case;
  });
  if (cases && !events_.nobody_listens()) {
    events_.publish_to_staff("moderation", waiting_json(moderation_.waiting()));
  }
}

}  // namespace picsharz::moderation
