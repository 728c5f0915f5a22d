// Who is told what, and how: chosen in the settings, or by the link of a mail.
//
// What:      by kind: in the app or not; by e-mail at once, in the daily mail, or never. Mails that
//            an account needs (codes, resets, decisions about its photos) know no such choice.
// Threads:   thread-safe.
// Failures:  not_found for a link that is not ours; those of the database are thrown.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/notifications/preference_store.h"
#include "features/notifications/unsubscribe_links.h"

namespace picsharz::notifications {

class PreferenceService {
 public:
  PreferenceService(db::Database& database, const Clock& clock, const UnsubscribeLinks& links)
      : database_(database), clock_(clock), links_(links) {}

  Preferences of(AccountId account);
  // What is not named stays.
  Preferences change(AccountId account, Kind kind, const PreferenceChange& change);
  Preferences set_digest_hour(AccountId account, int hour);

  struct Subscribed {
    std::optional<Kind> kind;  // nullopt: the daily mail
    bool still = false;        // such mails are sent
  };
  Result<Subscribed> subscribed(std::string_view token);
  // The second time is as good as the first.
  Result<Subscribed> unsubscribe(std::string_view token);

 private:
  Preferences load(db::Tx& tx, AccountId account);

  db::Database& database_;
  const Clock& clock_;
  const UnsubscribeLinks& links_;
  PreferenceStore rows_;
};

}  // namespace picsharz::notifications
