// An answer, and what can be asked, as JSON and as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/queries/query.h"

namespace picsharz::queries {

// Truth is true or false, a whole number beyond 2^53 is text, as no script would read it right.
std::string answer_json(std::string_view id, const Answer& answer);
// A value as it stands in that JSON, without quotes; nothing for NULL.
std::string shown_text(const AnswerColumn& column, const Value& value);
// The columns that are shown.
std::string schema_json(const AskedBackup& backup, const std::vector<ListedBackup>& backups);

}  // namespace picsharz::queries
