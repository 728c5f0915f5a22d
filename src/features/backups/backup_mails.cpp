#include "features/backups/backup_mails.h"

#include <string>

#include "mail/texts.h"

namespace picsharz::backups {

namespace {

std::string_view key_of_trouble(BackupTrouble trouble) {
  switch (trouble) {
    case BackupTrouble::failed:
      return "backup.failed";
    case BackupTrouble::unproved:
      return "backup.unproved";
    case BackupTrouble::untested:
      return "backup.untested";
  }
  return "backup.failed";
}

mail::Part backups_button(const mail::Context& context, const mail::Texts& say) {
  return {mail::Part::Kind::link, context.base_url + "/admin/backups", say("backup.button")};
}

}  // namespace

mail::Mail failed_backup_mail(const mail::Context& context, const mail::Reader& to,
                              AccountId account, std::string_view id, Micros asked_at,
                              BackupTrouble trouble) {
  const mail::Texts say(to.language);
  return mail::compose(to, say("backup.subject", {{"instance", context.instance}}),
                       {{.content = say("greeting", {{"name", to.name}})},
                        {.content = say(key_of_trouble(trouble), {{"date", say.date(asked_at)}})},
                        {.content = say("backup.what_to_do")},
                        backups_button(context, say)},
                       "backup-" + std::string(id) + "-" + account.str());
}

mail::Mail late_log_mail(const mail::Context& context, const mail::Reader& to, AccountId account,
                         Micros since) {
  const mail::Texts say(to.language);
  return mail::compose(to, say("backup.log_subject", {{"instance", context.instance}}),
                       {{.content = say("greeting", {{"name", to.name}})},
                        {.content = say("backup.log_late", {{"date", say.date(since)}})},
                        {.content = say("backup.log_what_to_do")},
                        backups_button(context, say)},
                       "backup-log-" + std::to_string(since) + "-" + account.str());
}

}  // namespace picsharz::backups
