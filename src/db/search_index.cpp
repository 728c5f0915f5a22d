#include "db/search_index.h"

namespace picsharz::db {

namespace {

constexpr std::size_t words_max = 8;
constexpr std::size_t word_bytes_max = 64;
constexpr int pages_at_once = 64;  // others wait for the writer as long as they take

// PostgreSQL's parser would keep foo.bar and Kuala/Lumpur as one word: marks separate first, as the
// query's are separated (features/search).
#define POSTGRES_WORDS(parameter)                                 \
  "to_tsvector('simple', regexp_replace(unaccent(CAST(" parameter \
  " AS TEXT)),"                                                   \
  " '[!-/:-@[-`{-~]', ' ', 'g'))"

constexpr Sql forget_photo("DELETE FROM photo_search WHERE rowid = $1",
                           "DELETE FROM photo_search WHERE id = $1");
constexpr Sql write_photo("INSERT INTO photo_search (rowid, words, tags) VALUES ($1, $2, $3)",
                          "INSERT INTO photo_search (id, words) VALUES ($1,"
                          " setweight(" POSTGRES_WORDS("$2") ", 'B') ||"
                          " setweight(" POSTGRES_WORDS("$3") ", 'A'))");
constexpr Sql forget_account("DELETE FROM account_search WHERE rowid = $1",
                             "DELETE FROM account_search WHERE id = $1");
constexpr Sql write_account("INSERT INTO account_search (rowid, handle, name) VALUES ($1, $2, $3)",
                            "INSERT INTO account_search (id, words) VALUES ($1,"
                            " setweight(" POSTGRES_WORDS("$2") ", 'A') ||"
                            " setweight(" POSTGRES_WORDS("$3") ", 'B'))");

// With a negative number of pages all segments are to become one; it goes on with a positive one.
constexpr Sql merge_photos("INSERT INTO photo_search (photo_search, rank) VALUES ('merge', $1)");
constexpr Sql merge_accounts(
    "INSERT INTO account_search (account_search, rank) VALUES ('merge', $1)");

std::int64_t changes_so_far(Tx& tx) {
  return tx.one("SELECT total_changes()", [](const Row& row) { return row.integer(0); }).value();
}

// False: there was nothing left to merge. (FTS5's documentation says how to tell.)
bool merge(Tx& tx, const Sql& some, int pages) {
  const std::int64_t before = changes_so_far(tx);
  tx.exec(some, pages);
  return changes_so_far(tx) - before >= 2;
}

// Letters, digits and everything beyond ASCII make words; the rest separates them, so no operator
// of either engine can be typed.
bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string_view> split_words(std::string_view typed) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < typed.size() && words.size() < words_max;) {
    std::size_t end = at;
    while (end < typed.size() && in_word(typed[end])) ++end;
    if (end > at && end - at <= word_bytes_max) words.push_back(typed.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

}  // namespace

void SearchIndex::put_photo(Tx& tx, PhotoId id, std::string_view words, std::string_view tags) {
  tx.exec(forget_photo, id);
  tx.exec(write_photo, id, words, tags);
}

void SearchIndex::remove_photo(Tx& tx, PhotoId id) { tx.exec(forget_photo, id); }

void SearchIndex::put_account(Tx& tx, AccountId id, std::string_view handle,
                              std::string_view name) {
  tx.exec(forget_account, id);
  tx.exec(write_account, id, handle, name);
}

void SearchIndex::remove_account(Tx& tx, AccountId id) { tx.exec(forget_account, id); }

bool SearchIndex::forget(Database& database, FunctionRef<bool(Micros)> rest) {
  if (database.engine() != Engine::sqlite) return true;
  const SystemClock clock;
  for (const Sql& some : {merge_photos, merge_accounts}) {
    bool more = true;
    for (int pages = -pages_at_once; more; pages = pages_at_once) {
      const Micros begin = clock.steady();
      more = database.write([&](Tx& tx) { return merge(tx, some, pages); });
      if (more && !rest(clock.steady() - begin)) return false;
    }
  }
  return true;
}

std::string SearchIndex::query(Engine engine, std::string_view typed) {
  std::string query;
  for (const auto word : split_words(typed)) {
    if (!query.empty()) query += engine == Engine::sqlite ? " " : " & ";
    if (engine == Engine::sqlite) {
      query.append("\"").append(word).append("\" *");
    } else {
      query.append("'").append(word).append("':*");
    }
  }
  return query;
}

}  // namespace picsharz::db
