// What notifications write to people, all of it in one place. Text and HTML of a mail say the same.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <vector>

#include "features/notifications/notification.h"
#include "mail/letter.h"

namespace picsharz::notifications {

// Where a reader ends mails like this one, and the token of it.
struct MailContext {
  mail::Context instance;
  std::string unsubscribe;  // the whole address
};

// About what one or several people did since the last mail. `people`: those who came since.
mail::Mail notification_mail(const MailContext& context, const Recipient& to,
                             const Notification& what);
// The daily one. `more`: how many notifications are not in `what`. `day`: what makes it one mail.
mail::Mail digest_mail(const MailContext& context, const Recipient& to,
                       const std::vector<Notification>& what, bool more, Micros day);

}  // namespace picsharz::notifications
