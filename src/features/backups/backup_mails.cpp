#include "features/backups/backup_mails.h"

#include <string>

#include "mail/texts.h"

namespace picsharz::backups {

mail::Mail failed_backup_mail(const mail::Context& context, const mail::Reader& to,
                              AccountId account, std::string_view id, Micros asked_at, bool proof) {
  const mail::Texts say(to.language);
  return mail::compose(
      to, say("backup.subject", {{"instance", context.instance}}),
      {{.content = say("greeting", {{"name", to.name}})},
       {.content =
            say(proof ? "backup.unproved" : "backup.failed", {{"date", say.date(asked_at)}})},
       {.content = say("backup.what_to_do")},
       {mail::Part::Kind::link, context.base_url + "/admin/backups", say("backup.button")}},
      "backup-" + std::string(id) + "-" + account.str());
}

}  // namespace picsharz::backups
