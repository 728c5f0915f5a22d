// What administrators are told about a backup that does not count, and about a log that is late.
//
// Threads:   pure functions.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "mail/letter.h"

namespace picsharz::backups {

enum class BackupTrouble {
  failed,    // it could not be made
  unproved,  // its test restore found something
  untested,  // there could be none
};
mail::Mail failed_backup_mail(const mail::Context& context, const mail::Reader& to,
                              AccountId account, std::string_view id, Micros asked_at,
                              BackupTrouble trouble);
// SQLite's log is not copied beside the backups any more.
mail::Mail late_log_mail(const mail::Context& context, const mail::Reader& to, AccountId account,
                         Micros since);

}  // namespace picsharz::backups
