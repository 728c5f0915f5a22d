// What a notification says beyond its row: the people and the photo, as its account sees them.
//
// Threads:   work in the caller's transaction.
#pragma once

#include <span>

#include "features/notifications/notification_store.h"

namespace picsharz::notifications {

// Those who came after `since`; 0: all. And what the newest of them wrote.
void add_people(db::Tx& tx, NotificationStore& rows, Notification& to, Micros since);
void add_photos(db::Tx& tx, NotificationStore& rows, AccountId account, std::span<Notification> to);

}  // namespace picsharz::notifications
