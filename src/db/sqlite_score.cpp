#include "db/sqlite_score.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "db/database.h"
#include "db/search_query.h"

namespace picsharz::db {

namespace {

// Of title, tags, labels, names, text, stems, facets.
constexpr std::array<int, 7> weights = {
    weight_title, weight_title, weight_label, weight_name, weight_text, weight_text, 0};

void score(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* result, int count,
           sqlite3_value** values) {
  const auto* mask = count == 1 ? sqlite3_value_text(values[0]) : nullptr;
  if (!mask) return sqlite3_result_error(result, "picsharz_score needs a mask", -1);
  const std::string_view counts(reinterpret_cast<const char*>(mask));
  int total = 0;
  int best = 0;  // of the forms of one thing
  for (std::size_t phrase = 0; phrase < counts.size(); ++phrase) {
    if (counts[phrase] == '0') continue;
    if (counts[phrase] == '1') total += std::exchange(best, 0);
    Fts5PhraseIter place{};
    int column = -1;
    int offset = 0;
    const int code = api->xPhraseFirst(row, static_cast<int>(phrase), &place, &column, &offset);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
    if (column >= 0 && column < static_cast<int>(weights.size())) {
      best = std::max(best, weights[static_cast<std::size_t>(column)]);
    }
  }
  sqlite3_result_int(result, total + best);
}

}  // namespace

void add_score_function(sqlite3* connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  if (!api || api->xCreateFunction(api, "picsharz_score", nullptr, score, nullptr) != SQLITE_OK) {
    throw DatabaseError("this SQLite has no full-text search (FTS5)");
  }
}

}  // namespace picsharz::db
