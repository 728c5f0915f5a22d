// Mails about what is new: at once, a little delayed so that several people are one mail, or once
// a day.
//
// What:      when a mail is due stands in the notification's row (the daily one's in a row of the
//            account): no job waits for it. Who finds it due takes it, composes it from what is
//            true then and posts it, in one transaction: one event is one mail, and its Message-ID
//            is always the same. What was read meanwhile, taken back, or is no longer wanted is not
//            sent; nor is anything to who is suspended.
// Threads:   thread-safe; plan() has no state.
// Failures:  those of the database are thrown; what was not sent is still due.
#pragma once

#include <string>

#include "base/clock.h"
#include "db/database.h"
#include "features/notifications/notification_mails.h"
#include "features/notifications/notification_store.h"
#include "features/notifications/preference_store.h"
#include "features/notifications/unsubscribe_links.h"
#include "mail/outbox.h"

namespace picsharz::notifications {

struct MailSettings {
  mail::Context mail;
  Micros delay = 3 * minute;  // from the first person of a notification on
};

class NotificationMailService {
 public:
  NotificationMailService(db::Database& database, const Clock& clock, mail::Outbox& outbox,
                          const UnsubscribeLinks& links, MailSettings settings)
      : database_(database),
        clock_(clock),
        outbox_(outbox),
        links_(links),
        settings_(std::move(settings)) {}

  // When a notification that begins, or that more people join, is mailed.
  void plan(NewNotification& made, Email email) const;
  // All that is due; how many mails were posted.
  int send_due();

 private:
  bool send(const Due<NotificationId>& due);
  bool send_digest(const Due<AccountId>& due);
  bool compose(db::Tx& tx, NotificationId id, Micros now);
  bool compose_digest(db::Tx& tx, const Due<AccountId>& due, Micros now);
  Preferences load(db::Tx& tx, AccountId account);
  MailContext context(AccountId account, std::optional<Kind> kind) const;

  db::Database& database_;
  const Clock& clock_;
  mail::Outbox& outbox_;
  const UnsubscribeLinks& links_;
  const MailSettings settings_;
  NotificationStore rows_;
  PreferenceStore preferences_;
};

}  // namespace picsharz::notifications
