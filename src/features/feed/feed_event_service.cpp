#include "features/feed/feed_event_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"

namespace picsharz::feed {

namespace {

constexpr std::size_t told_max = 50;  // at once: a page says "50 new photos" and asks for the rest

std::string told(std::span<const NewPhoto> photos) {
  std::string data;
  JsonWriter writer(data);
  writer.begin_object().key("photos").begin_array();
  for (const NewPhoto& each : photos.first(std::min(photos.size(), told_max))) {
    writer.value(each.photo);
  }
  writer.end_array().end_object();
  return data;
}

}  // namespace

void FeedEventService::changed(std::span<const db::Change> changes) {
  if (events_.nobody_listens()) return;
  const std::vector<PhotoId> ids = db::photos_of(changes);
  if (ids.empty()) return;
  const std::vector<AccountId> listening = events_.listening();
  const std::vector<NewPhoto> photos =
      database_.read([&](db::Tx& tx) { return rows_.arrived(tx, ids, listening); });
  for (auto first = photos.begin(); first != photos.end();) {
    const auto last = std::find_if(first, photos.end(), [&](const NewPhoto& each) {
      return each.follower != first->follower;
    });
    events_.publish(first->follower, "feed", told({first, last}));
    first = last;
  }
}

}  // namespace picsharz::feed
