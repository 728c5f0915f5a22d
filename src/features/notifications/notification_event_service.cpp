#include "features/notifications/notification_event_service.h"

#include <set>
#include <string>

#include "base/json.h"

namespace picsharz::notifications {

void NotificationEventService::changed(std::span<const db::Change> changes) {
  if (events_.nobody_listens()) return;
  std::set<AccountId> accounts;
  for (const db::Change& change : changes) {
    if (change.kind == db::ChangeKind::notification) accounts.insert(AccountId{change.id});
  }
  for (const AccountId account : accounts) {
    if (!events_.listens(account)) continue;
    std::string data;
    JsonWriter(data).begin_object().field("unread", notifications_.unread(account)).end_object();
    events_.publish(account, "notification", data);
  }
}

}  // namespace picsharz::notifications
