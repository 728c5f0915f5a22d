#include "features/notifications/notification_service.h"

#include <algorithm>
#include <utility>

#include "features/notifications/notification_details_service.h"
#include "features/notifications/notification_rules.h"

namespace picsharz::notifications {

namespace {

constexpr int pruned_at_once = 500;
// Ids hold the milliseconds at which they were made, above 22 bits (base/ids.h).
constexpr std::int64_t ids_of(Micros time) { return (time / 1000) << 22; }

}  // namespace

Page<Notification> NotificationService::list(const Viewer& viewer, const PageRequest& request) {
  Page<Notification> page;
  database_.read([&](db::Tx& tx) {
    page.items = rows_.list(tx, viewer.account, request);
    if (static_cast<int>(page.items.size()) > request.limit) {
      page.items.resize(static_cast<std::size_t>(request.limit));
      page.next = Position{page.items.back().updated_at, page.items.back().id.value};
    }
    for (Notification& each : page.items) add_people(tx, rows_, each, 0);
    add_photos(tx, rows_, viewer.account, page.items);
  });
  return page;
}

int NotificationService::unread(AccountId account) {
  return database_.read([&](db::Tx& tx) { return rows_.unread(tx, account, unread_max); });
}

Result<int> NotificationService::read(const Viewer& viewer, NotificationId id, bool and_older) {
  return database_.write([&](db::Tx& tx) -> Result<int> {
    if (!rows_.exists(tx, viewer.account, id)) return not_found();
    const int read = rows_.read(tx, viewer.account, id, and_older, clock_.now());
    if (read > 0) rows_.announce(tx, viewer.account);
    return rows_.unread(tx, viewer.account, unread_max);
  });
}

void NotificationService::decided(db::Tx& tx, AccountId owner, PhotoId photo, std::int64_t topic,
                                  const Ruling& ruling) {
  rows_.put(tx, {.id = ids_.next<NotificationId>(),
                 .account = owner,
                 .kind = Kind::decision,
                 .topic = topic,
                 .photo = photo,
                 .ruling = ruling,
                 .now = clock_.now()});
  rows_.announce(tx, owner);
}

int NotificationService::prune() {
  const Micros before = clock_.now() - kept_for;
  const NotificationId began{ids_.next<NotificationId>().value - ids_of(kept_for)};
  return database_.write(
      [&](db::Tx& tx) { return rows_.forget_old(tx, began, before, pruned_at_once); });
}

}  // namespace picsharz::notifications
