// What is written to somebody about an archive of theirs.
//
// Threads:   pure functions.
#pragma once

#include "features/exports/export.h"
#include "mail/letter.h"

namespace picsharz::exports {

// The archive itself is had by whoever is signed in: the mail's link leads to its page.
mail::Mail export_ready_mail(const mail::Context& context, const mail::Reader& to,
                             const Export& made);

}  // namespace picsharz::exports
