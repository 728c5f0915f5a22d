// What of a backup can be asked, and what stays hidden.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "features/queries/query.h"

namespace picsharz::queries {

// Of a folder's name: nothing that leads out of the folder of backups.
bool is_backup_name(std::string_view name);

// From a backup's manifest.json; nullopt where it is none, or names a file outside of the backup.
std::optional<AskedBackup> read_backup(std::string_view manifest);

// Whether a backup's proof.json says that the backup proved itself.
bool is_good_proof(std::string_view proof);

// Whether a column holds what lets somebody log in or pass for somebody else, what was written to
// one person alone, or where a photo was taken.
bool is_hidden(std::string_view table, std::string_view column);

std::optional<Chart> chart_of(std::string_view name);

// A cell that a spreadsheet would take for a formula, made plain text. "-17934912000000000000" is
// none: whole numbers that are too wide are text.
std::string plain_for_spreadsheet(std::string_view text);

// A question has the table's name in it, as a word, however it is written; names are lower-case.
// That word may stand for a column as well: which tables are read is known once they are
// (Answered).
bool names_table(std::string_view sql, std::string_view table);

}  // namespace picsharz::queries
