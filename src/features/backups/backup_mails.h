// What administrators are told about a backup that does not count.
//
// Threads:   pure functions.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "mail/letter.h"

namespace picsharz::backups {

// `proof`: it was made, and its test restore found something; else it could not be made.
mail::Mail failed_backup_mail(const mail::Context& context, const mail::Reader& to,
                              AccountId account, std::string_view id, Micros asked_at, bool proof);

}  // namespace picsharz::backups
