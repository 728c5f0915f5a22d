// What bounds mail.
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace picsharz::mail::limits {

// A mail that nobody took for so long is given up. Long enough for a server that is repaired on
// Monday.
inline constexpr Micros given_up_after = 3 * day;
// Mails that wait. Beyond it those that can be switched off are not posted; codes and links are,
// whose senders are limited by address and account.
inline constexpr int waiting_max = 100'000;
inline constexpr int waiting_checked_every = 200;  // posts
// An address that was refused so often in a row gets only what somebody asked for.
inline constexpr int refusals_max = 3;
inline constexpr int bounces_kept = 1'000;
inline constexpr Micros bounces_kept_for = 30 * day;
// While the server is down one mail a pause tries; the pause doubles.
inline constexpr Micros pause_min = second;
inline constexpr Micros pause_max = minute;
// Messages that this process delivered and remembers, lest one is sent twice where the database was
// down when its job should have ended.
inline constexpr std::size_t remembered = 1'024;
inline constexpr std::size_t reason_max = 500;
inline constexpr std::size_t reply_max = 1'000;
// Pictures in one mail, each of 320 pixels: some 20 kB.
inline constexpr std::size_t pictures_max = 6;

}  // namespace picsharz::mail::limits
