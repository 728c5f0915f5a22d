// An answer, and what can be asked, as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/queries/query.h"

namespace picsharz::queries {

// Truth is true or false, a whole number beyond 2^53 is text, as no script would read it right.
std::string answer_json(std::string_view id, const Answer& answer);
// The columns that are shown.
std::string schema_json(const AskedBackup& backup, const std::vector<ListedBackup>& backups);

}  // namespace picsharz::queries
