#include "features/backups/backup.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace picsharz::backups {

std::string_view name_of(Kind kind) { return kind == Kind::full ? "full" : "archive"; }

std::string_view name_of(Stage stage) {
  constexpr std::array<std::string_view, 6> names{"rows",      "objects", "restoring",
                                                  "comparing", "pages",   "done"};
  return names.at(static_cast<std::size_t>(stage));
}

std::string_view name_of(Deletion::What what) {
  constexpr std::array<std::string_view, Deletion::kinds> names{"account",
                                                                "photo",
                                                                "comment",
                                                                "collection",
                                                                "avatar",
                                                                "removed",
                                                                "reinstated",
                                                                "left",
                                                                "returned",
                                                                "comment_removed",
                                                                "comment_reinstated",
                                                                "session",
                                                                "token",
                                                                "erased"};
  return names.at(static_cast<std::size_t>(what));
}

std::int64_t Manifest::rows() const {
  return std::accumulate(
      tables.begin(), tables.end(), std::int64_t{0},
      [](std::int64_t sum, const BackupTable& table) { return sum + table.rows; });
}

std::int64_t Manifest::bytes() const {
  return std::accumulate(
      tables.begin(), tables.end(), objects.file.bytes,
      [](std::int64_t sum, const BackupTable& table) { return sum + table.file.bytes; });
}

std::vector<warehouse::Column> object_columns() {
  using Type = warehouse::Column::Type;
  return {{"key", Type::text}, {"sha256", Type::text}, {"bytes", Type::integer}};
}

// 2026-11-29T00:15:00.000Z -> 20261129t001500z
std::string id_of(Micros time) {
  const std::string text = format_time(time);
  std::string id;
  for (const char c : text.substr(0, 19)) {
    if (c == 'T') id += 't';
    if (c >= '0' && c <= '9') id += c;
  }
  return id += 'z';
}

bool is_id(std::string_view text) {
  constexpr std::size_t length = 16;
  if (text.size() != length || text[8] != 't' || text.back() != 'z') return false;
  const std::string digits = std::string(text.substr(0, 8)).append(text.substr(9, 6));
  return std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace picsharz::backups
