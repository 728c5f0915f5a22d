#include "db/sqlite_gaps.h"

#include <sqlite3.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace picsharz::db {

namespace {

using Page = std::span<unsigned char>;

// Beyond so many pages (128 GiB) the number that begins a page of another kind could look like the
// kind of a page of rows.
constexpr std::int64_t pages_told_apart = 1 << 25;
constexpr std::size_t file_header = 100;  // on the first page

sqlite3_file* file_of(SqliteConnection& connection, int which) {
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection.get(), "main", which, static_cast<void*>(&file));
  if (code != SQLITE_OK || file == nullptr) throw DatabaseError("SQLite shows no file");
  return file;
}

void check(int code, std::string_view what) {
  if (code != SQLITE_OK) {
    throw DatabaseError("SQLite's file: " + std::string(what) + " " + std::to_string(code));
  }
}

std::int64_t size_of(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  check(file->pMethods->xFileSize(file, &size), "size");
  return size;
}

std::size_t number_at(Page page, std::size_t at) {
  return static_cast<std::size_t>(page[at]) << 8 | page[at + 1];
}

// Empty where the page holds no rows, or is not as the format says.
Page gap_of(Page page, bool first) {
  const std::size_t header = first ? file_header : 0;
  const unsigned char kind = page[header];
  const bool inner = kind == 2 || kind == 5;
  if (!inner && kind != 10 && kind != 13) return {};
  const std::size_t cells = number_at(page, header + 3);
  const std::size_t begin = header + (inner ? 12 : 8) + 2 * cells;
  std::size_t end = number_at(page, header + 5);
  if (end == 0) end = 65'536;
  if (begin > end || end > page.size()) return {};
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (number_at(page, begin - 2 * cells + 2 * cell) < end) return {};
  }
  return page.subspan(begin, end - begin);
}

}  // namespace

bool log_is_empty(SqliteConnection& connection) {
  sqlite3_file* const log = file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER);
  return log->pMethods == nullptr || size_of(log) == 0;
}

std::int64_t clear_gaps(SqliteConnection& connection, std::int64_t first, std::int64_t count) {
  sqlite3_file* const file = file_of(connection, SQLITE_FCNTL_FILE_POINTER);
  std::int64_t page_size = 0;
  SqliteTx(connection).each("PRAGMA page_size", [&](const Row& row) {
    page_size = row.integer(0);
  });
  if (page_size <= 0) return 0;
  const std::int64_t pages = size_of(file) / page_size;
  if (pages >= pages_told_apart) return 0;
  std::vector<unsigned char> bytes(static_cast<std::size_t>(page_size));
  const std::int64_t end = std::min(pages + 1, first + count);
  bool changed = false;
  for (std::int64_t number = first; number < end; ++number) {
    const std::int64_t offset = (number - 1) * page_size;
    check(file->pMethods->xRead(file, bytes.data(), static_cast<int>(page_size), offset), "read");
    const Page gap = gap_of(bytes, number == 1);
    if (std::ranges::all_of(gap, [](unsigned char byte) { return byte == 0; })) continue;
    std::ranges::fill(gap, 0);
    check(file->pMethods->xWrite(file, gap.data(), static_cast<int>(gap.size()),
                                 offset + (gap.data() - bytes.data())),
          "write");
    changed = true;
  }
  if (changed) check(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), "sync");
  return end > pages ? 0 : end;
}

}  // namespace picsharz::db
