#include "features/notifications/notification_details_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "features/notifications/notification_rules.h"

namespace picsharz::notifications {

namespace {

constexpr std::size_t excerpt_bytes = 240;

// At most so long, and no half of a character.
std::string shortened(std::string text) {
  if (text.size() <= excerpt_bytes) return text;
  std::size_t end = excerpt_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

}  // namespace

void add_people(db::Tx& tx, NotificationStore& rows, Notification& to, Micros since) {
  if (to.kind == Kind::decision) {
    if (to.ruling.comment) to.excerpt = rows.excerpt(tx, to.ruling.comment);
    if (to.excerpt) to.excerpt = shortened(*std::move(to.excerpt));
    return;
  }
  to.people = rows.people(tx, to.id, since, people_shown);
  if (to.people.newest.empty() || !to.people.newest.front().comment) return;
  to.excerpt = rows.excerpt(tx, to.people.newest.front().comment);
  if (to.excerpt) to.excerpt = shortened(*std::move(to.excerpt));
}

void add_photos(db::Tx& tx, NotificationStore& rows, AccountId account,
                std::span<Notification> to) {
  std::vector<PhotoId> ids;
  for (const Notification& each : to) {
    if (each.photo_id) ids.push_back(each.photo_id);
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  const auto views = rows.photos(tx, account, ids);
  for (Notification& each : to) {
    const auto of = [&](const photos::PhotoView& view) { return view.photo.id == each.photo_id; };
    const auto found = std::ranges::find_if(views, of);
    if (found != views.end()) each.photo = *found;
  }
}

}  // namespace picsharz::notifications
