#include "features/photos/photo_event_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"

namespace picsharz::photos {

void PhotoEventService::changed(std::span<const db::Change> changes) {
  if (events_.nobody_listens()) return;
  std::vector<PhotoId> ids;
  for (const db::Change& change : changes) {
    if (change.kind == db::ChangeKind::photo) ids.push_back(PhotoId{change.id});
  }
  std::ranges::sort(ids, {}, &PhotoId::value);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
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
