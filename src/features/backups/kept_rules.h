// What of the tables a backup keeps: the one written list.
//
// What:      a full backup keeps every table that left_out() has no reason against: a new table is
//            in it without anybody thinking of it. An archive keeps only the columns that
//            archived() names: a new column is not in it before somebody has thought of whether it
//            tells of a person. Of a time only its day is kept there: ids are made of times.
// Threads:   pure functions.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace picsharz::backups {

// Why a table is in no backup; nullopt: it is.
std::optional<std::string_view> left_out(std::string_view table);

struct ArchivedTable {
  std::string_view table;
  std::vector<std::string_view> columns;
};
// In the order of their names.
std::span<const ArchivedTable> archived();

}  // namespace picsharz::backups
