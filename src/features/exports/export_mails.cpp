#include "features/exports/export_mails.h"

#include "mail/texts.h"

namespace picsharz::exports {

mail::Mail export_ready_mail(const mail::Context& context, const mail::Reader& to,
                             const Export& made) {
  const mail::Texts say(to.language);
  return mail::compose(
      to, say("export.subject", {{"instance", context.instance}}),
      {{.content = say("greeting", {{"name", to.name}})},
       {.content = say("export.what", {{"count", made.photos}})},
       {mail::Part::Kind::link, context.base_url + "/settings/data", say("export.button")},
       {.content = say("export.not_you")}},
      "export-" + made.id.str());
}

}  // namespace picsharz::exports
