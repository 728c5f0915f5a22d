// What holds of notifications: who is told how where nothing else was chosen, and how they gather.
//
// Threads:   pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "features/activity/activity.h"
#include "features/notifications/notification.h"

namespace picsharz::notifications {

std::string_view kind_name(Kind kind);  // "follow_request"
std::optional<Kind> chosen_kind_of(std::string_view name);
std::string_view email_name(Email email);  // "at_once"
std::optional<Email> email_of(std::string_view name);

Preferences default_preferences();
// The next time strictly after `now` at which the day has this hour, in UTC.
Micros next_digest(Micros now, int hour);

// What belongs together, in an order that every process keeps: two of them never wait for each
// other. Each person once, with the newest comment.
std::vector<News> gathered(const std::vector<activity::Activity>& activities);

// A notification takes more people while it is unread, and for so long after it began.
inline constexpr Micros gathers_for = 12 * hour;
// ... and as many; then another one begins. So what is counted when it is shown has a bound.
inline constexpr int people_max = 1'000;
inline constexpr int people_shown = 3;
// Who takes something back and does it again is not told of twice in this time.
inline constexpr Micros once_in = day;
inline constexpr int unread_max = 100;  // counted up to
inline constexpr int kept_max = 1'000;  // of one account, the newest
inline constexpr Micros kept_for = 90 * day;
inline constexpr int digest_lines = 20;
inline constexpr int digest_hour_default = 7;
// Between two mails about one notification, in delays of the first: 3 minutes make an hour.
inline constexpr int mail_gap = 20;

}  // namespace picsharz::notifications
