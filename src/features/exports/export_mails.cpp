#include "features/exports/export_mails.h"

#include <string>

namespace picsharz::exports {

mail::Mail export_ready_mail(const mail::Context& context, const accounts::Account& account,
                             const Export& made) {
  const std::string photos =
      made.photos == 1 ? "one photo" : std::to_string(made.photos) + " photos";
  return mail::compose(
      account.email, "Your archive from " + context.instance + " is ready",
      {{.content = "Hello " + account.name + ","},
       {.content = "the archive that you asked for is ready: " + photos +
                   " and everything else of yours here. You can download it for 24 hours."},
       {mail::Part::Kind::link, context.base_url + "/settings/data", "Download it"},
       {.content =
            "If you did not ask for it, choose a new password: somebody who knows yours did."}},
      "export-" + made.id.str());
}

}  // namespace picsharz::exports
