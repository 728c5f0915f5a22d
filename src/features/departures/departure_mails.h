// What departures write to people.
//
// Threads:   pure functions.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "features/departures/departure.h"
#include "mail/letter.h"

namespace picsharz::departures {

mail::Mail left_mail(const mail::Context& context, const mail::Reader& to, std::string_view handle,
                     By by, Micros erase_at, Micros now);
mail::Mail taken_back_mail(const mail::Context& context, const mail::Reader& to,
                           std::string_view handle);

}  // namespace picsharz::departures
