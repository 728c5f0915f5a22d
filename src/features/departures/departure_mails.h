// What departures write to people.
//
// Threads:   pure functions.
#pragma once

#include "base/clock.h"
#include "features/accounts/account.h"
#include "features/departures/departure.h"
#include "mail/letter.h"

namespace picsharz::departures {

mail::Mail left_mail(const mail::Context& context, const accounts::Account& to, By by,
                     Micros erase_at, Micros now);
mail::Mail taken_back_mail(const mail::Context& context, const accounts::Account& to);

}  // namespace picsharz::departures
