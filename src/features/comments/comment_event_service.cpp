#include "features/comments/comment_event_service.h"

#include <string>

#include "base/json.h"

namespace picsharz::comments {

// A change of the photo itself may turn comments on or off.
void CommentEventService::changed(std::span<const db::Change> changes) {
  if (events_.nobody_listens()) return;
  std::vector<PhotoId> ids = db::photos_of(changes, true);
  std::erase_if(ids, [&](PhotoId id) { return !events_.is_watched(id); });
  for (const PhotoId id : ids) {
    const auto photo = database_.read([&](db::Tx& tx) { return rows_.state(tx, id); });
    std::string data;
    JsonWriter(data)
        .begin_object()
        .field("photo", id)
        .field("comments", photo.comments)
        .field("allowed", photo.allowed)
        .end_object();
    events_.publish_to_watchers(id, "comments", data);
  }
}

std::vector<bool> CommentEventService::allowed(std::span<const events::Watch> watches) {
  return database_.read([&](db::Tx& tx) {
    std::vector<bool> may;
    for (const events::Watch& watch : watches) {
      may.push_back(rows_.photo(tx, watch.viewer, watch.photo).has_value());
    }
    return may;
  });
}

}  // namespace picsharz::comments
