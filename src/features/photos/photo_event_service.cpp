#include "features/photos/photo_event_service.h"

#include <string>
#include <vector>

#include "base/json.h"

namespace picsharz::photos {

void PhotoEventService::changed(std::span<const db::Change> changes) {
  if (events_.nobody_listens()) return;
  const std::vector<PhotoId> ids = db::photos_of(changes);
  if (ids.empty()) return;
  const auto states = database_.read([&](db::Tx& tx) { return photos_.states(tx, ids); });
  for (const PhotoStateRow& each : states) {
    std::string data;
    JsonWriter(data)
        .begin_object()
        .field("id", each.id)
        .field("state", state_name(each.state))
        .field("reason", each.reason)
        .end_object();
    events_.publish(each.owner, "photo", data);
  }
}

}  // namespace picsharz::photos
