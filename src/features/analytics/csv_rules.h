// Charts and tables as CSV (RFC 4180), for programs of tables: UTF-8, a header row, lines that end
// with CR LF. A text that such a program would take for a formula begins with an apostrophe.
//
// Threads:   pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "features/analytics/analytics.h"

namespace picsharz::analytics {

// "time" and a column for each series; with what was before, where that is there.
std::string chart_csv(const Chart& chart);
// A photo becomes two columns, its id and title, a person two, handle and name.
std::string table_csv(const Table& table);
// Of the chart or table with that id.
std::optional<std::string> csv_of(const Dashboard& dashboard, std::string_view id);

void append_csv_text(std::string& out, std::string_view text);

}  // namespace picsharz::analytics
